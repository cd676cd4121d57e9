//! What an article's page says about itself to search engines: schema.org in JSON-LD.

use serde_json::{Value, json};

use super::layout::{Layout, Link};
use crate::index::ArticleView;

/// An article and its place, safe inside a `script` element. Needs the public address.
pub(super) fn article(page: &Layout, article: ArticleView<'_>, breadcrumb: &[Link]) -> Option<String> {
    let (public, canonical) = (page.public.as_ref()?, page.canonical.as_ref()?);
    let publisher = json!({ "@type": "Organization", "name": page.site, "url": public });
    let mut about = json!({
        "@type": "Article",
        "headline": page.own_title(),
        "inLanguage": page.html_lang(),
        "url": canonical,
        "mainEntityOfPage": canonical,
        "author": publisher,
        "publisher": publisher,
    });
    if let Some(description) = &page.description {
        about["description"] = json!(description);
    }
    if let Some(updated) = article.updated() {
        about["dateModified"] = json!(updated.to_string());
    }
    let home = (page.t.home.to_owned(), format!("{public}{}", page.home()));
    let above = breadcrumb.iter().map(|link| (link.title.clone(), format!("{public}{}", link.url)));
    let here = (page.own_title().to_owned(), canonical.clone());
    let places = std::iter::once(home).chain(above).chain([here]).enumerate();
    let items: Vec<Value> = places
        .map(|(at, (name, item))| json!({ "@type": "ListItem", "position": at + 1, "name": name, "item": item }))
        .collect();
    let trail = json!({ "@type": "BreadcrumbList", "itemListElement": items });
    Some(in_html(&json!({ "@context": "https://schema.org", "@graph": [about, trail] })))
}

/// JSON in which nothing ends a `script` element or begins a comment.
fn in_html(value: &Value) -> String {
    value.to_string().replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_the_element() {
        let value = json!({ "headline": "</script><!--<script>&amp; \u{2028}'" });
        let text = in_html(&value);
        assert!(!text.contains(['<', '>', '&']), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }
}
