//! Links and images of a body: where they lead, and what stands in for those that lead nowhere.

use pulldown_cmark::{Event, LinkType, Tag, TagEnd};

use super::{PendingImage, Renderer};
use crate::article::diagnostic::Code;
use crate::article::links::{self, Address, ArticleLink, Image};
use crate::article::{fragment as fragment_of, url};
use crate::text::Span;

impl Renderer<'_> {
    pub(super) fn image_end(&mut self) {
        let Some(PendingImage { address, alt, span }) = self.image.take() else { return };
        self.plain(&alt);
        if self.writes() {
            self.image_events(&address, alt, span);
        }
    }

    pub(super) fn image_events(&mut self, address: &str, alt: String, span: Span) {
        if alt.trim().is_empty() {
            self.report(Code::MissingAlt, span, "image without alternative text");
        }
        let src = match links::resolve(self.path, address) {
            Address::Elsewhere(address) if address.starts_with("https:") => Some(address),
            Address::File { path, .. } => match self.site.images.get(&path) {
                Some(Image::Usable(name)) => Some(format!("/media/{name}")),
                Some(Image::Unusable(why)) => {
                    self.report(Code::UnusableImage, span, format!("`{address}`: {why}"));
                    None
                }
                None => {
                    self.report(Code::MissingImage, span, format!("no image at `{path}`"));
                    None
                }
            },
            Address::Elsewhere(_) | Address::Here { .. } | Address::Unsafe => {
                self.report(
                    Code::MissingImage,
                    span,
                    format!("`{address}` is no image in the articles folder and no https: address"),
                );
                None
            }
        };
        match src {
            Some(src) => {
                let tag = Tag::Image {
                    link_type: LinkType::Inline,
                    dest_url: src.into(),
                    title: "".into(),
                    id: "".into(),
                };
                self.push(Event::Start(tag));
                self.push(Event::Text(alt.into()));
                self.push(Event::End(TagEnd::Image));
            }
            // The words of an image that cannot be shown still help.
            None => self.push(Event::Text(alt.into())),
        }
    }

    /// The address a link gets in the output; `None` leaves its text without a link.
    pub(super) fn href(&mut self, address: &str, link_type: LinkType, span: Span) -> Option<String> {
        if link_type == LinkType::Email {
            return Some(format!("mailto:{address}"));
        }
        match links::resolve(self.path, address) {
            Address::Elsewhere(address) => {
                if address.starts_with("http:") {
                    self.report(Code::InsecureLink, span, format!("`{address}` is not encrypted"));
                }
                if address.contains(':') {
                    return Some(address);
                }
                self.report(Code::DeadLink, span, format!("`{address}` leads out of the articles folder"));
                None
            }
            Address::Here { fragment } => {
                let href = format!("#{}", fragment_of(&format!("h-{fragment}")));
                let span = self.source_span(span);
                self.out.links.push(ArticleLink {
                    path: self.path.to_owned(),
                    fragment: Some(fragment),
                    span,
                });
                Some(href)
            }
            Address::File { path, fragment } => {
                let Some((path, target)) = self.site.article(&path) else {
                    if let Some(Image::Usable(name)) = self.site.images.get(&path) {
                        return Some(format!("/media/{name}"));
                    }
                    if !self.site.is_unreadable(&path) {
                        self.report(Code::DeadLink, span, format!("no article at `{path}`"));
                    }
                    return None;
                };
                if !target.is_public {
                    self.report(Code::DeadLink, span, format!("`{path}` is not published"));
                    return None;
                }
                let mut href = url(target.lang, &target.id);
                if let Some(fragment) = &fragment {
                    href.push('#');
                    href.push_str(&fragment_of(&format!("h-{fragment}")));
                }
                let span = self.source_span(span);
                self.out.links.push(ArticleLink { path, fragment, span });
                Some(href)
            }
            Address::Unsafe => {
                self.report(
                    Code::DeadLink,
                    span,
                    format!("`{address}` is not followed: only http, https, mailto and articles are"),
                );
                None
            }
        }
    }
}
