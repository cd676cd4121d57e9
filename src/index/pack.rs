//! Texts and HTML take less room on disk: LZ4, which unpacks faster than a disk reads.
//!
//! The HTML of a section is its text with markup between. It is packed against that text and
//! the markup that authors use most, so that little more than the differences is stored; who
//! reads it has the text in memory.

use crate::article::Section;
use crate::lexicon::Lexicon;
use crate::parallel;

/// Largest lexicon in bytes of JSON.
const MAX_LEXICON: usize = 64 * 1024 * 1024;
/// Texts are packed in pieces of this many bytes, side by side.
const PIECE: usize = 1024 * 1024;

/// The markup of `article::render`. What is packed against it needs it to be unpacked: a
/// change of it is a change of the format.
const MARKUP: &str = "<pre><code></code></pre>\n<h4><figure><img src=\"/media/\" alt=\"\" loading=\"lazy\" width=\"\" \
height=\"\"></figure>\n<table>\n<thead>\n<tr><th></th><th></th></tr>\n</thead>\n<tbody>\n<tr><td></td><td></td></tr>\n\
<tr><td></td><td></td></tr>\n</tbody>\n</table>\n<blockquote class=\"markdown-alert-warning\">\n<p></p>\n</blockquote>\n\
<a href=\"/zh/articles/<a href=\"/en/articles/<a href=\"/ko/articles/\">&quot;&amp;&#39;<strong></strong><code></code></a>\
<ul>\n<li></li>\n<li></li>\n</ul>\n<ol>\n<li></li>\n<li></li>\n</ol>\n<p></p>\n<p></p>\n";

/// What a section's HTML is packed against. `text` is its heading, anchor and text.
fn against(text: &[&str]) -> Vec<u8> {
    let mut against = Vec::from(MARKUP);
    for text in text {
        against.extend_from_slice(text.as_bytes());
    }
    against
}

/// Packs the HTML of a section.
pub(super) fn html(section: &Section) -> Vec<u8> {
    let against = against(&[&section.heading, &section.anchor, &section.text]);
    lz4_flex::block::compress_with_dict(section.html.as_bytes(), &against)
}

/// Unpacks HTML of `length` bytes. `text` is the section's heading, anchor and text, one
/// behind the other.
pub(super) fn unpack_html(packed: &[u8], length: usize, text: &str) -> std::io::Result<String> {
    let bytes = lz4_flex::block::decompress_with_dict(packed, length, &against(&[text]));
    let bytes = bytes.map_err(invalid)?;
    if bytes.len() != length {
        return Err(invalid(format!("{} bytes of HTML, not {length}", bytes.len())));
    }
    String::from_utf8(bytes).map_err(invalid)
}

/// Packs a lexicon: the length of its JSON as 4 bytes, little-endian, then the JSON by LZ4.
pub(super) fn lexicon(lexicon: &Lexicon) -> Vec<u8> {
    let json = serde_json::to_vec(lexicon).expect("a lexicon is plain data");
    lz4_flex::block::compress_prepend_size(&json)
}

/// Unpacks a lexicon. An `Err` says what is wrong.
pub(super) fn unpack_lexicon(packed: &[u8]) -> Result<Lexicon, String> {
    let (length, packed) = lz4_flex::block::uncompressed_size(packed).map_err(|error| error.to_string())?;
    if length > MAX_LEXICON {
        return Err(format!("{length} bytes, at most {MAX_LEXICON} are read"));
    }
    let json = lz4_flex::block::decompress(packed, length).map_err(|error| error.to_string())?;
    serde_json::from_slice(&json).map_err(|error| error.to_string())
}

/// Packs a text: the length of each piece as 4 bytes, little-endian, then the piece.
pub(super) fn text(text: &str) -> Vec<u8> {
    let pieces: Vec<&[u8]> = text.as_bytes().chunks(PIECE).collect();
    let mut packed = Vec::new();
    for piece in parallel::map(&pieces, 1, |piece| lz4_flex::compress_prepend_size(piece)) {
        // LZ4 adds less than a hundredth to what it cannot pack.
        let length = u32::try_from(piece.len()).unwrap_or_default();
        packed.extend(length.to_le_bytes());
        packed.extend(piece);
    }
    packed
}

/// Unpacks a text of `length` bytes. An `Err` says what is wrong.
pub(super) fn unpack_text(mut packed: &[u8], length: usize) -> Result<String, String> {
    let mut text = vec![0; length];
    let mut at = 0;
    while let Some((size, rest)) = packed.split_first_chunk::<4>() {
        let piece = rest.get(..u32::from_le_bytes(*size) as usize).ok_or("a piece is cut off")?;
        let (_, piece_packed) =
            lz4_flex::block::uncompressed_size(piece).map_err(|error| error.to_string())?;
        let room = text.get_mut(at..).unwrap_or_default();
        at += lz4_flex::block::decompress_into(piece_packed, room).map_err(|error| error.to_string())?;
        packed = rest.get(piece.len()..).unwrap_or_default();
    }
    if at != length {
        return Err(format!("{at} bytes, not {length}"));
    }
    String::from_utf8(text).map_err(|error| error.to_string())
}

fn invalid(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> std::io::Error {
    std::io::Error::new(std::io::ErrorKind::InvalidData, error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(heading: &str, text: &str, html: String) -> usize {
        let section = Section {
            level: 2,
            heading: heading.to_owned(),
            anchor: heading.to_owned(),
            text: text.to_owned(),
            html,
        };
        let packed = self::html(&section);
        let text = format!("{heading}{heading}{text}");
        assert_eq!(unpack_html(&packed, section.html.len(), &text).unwrap(), section.html);
        assert!(unpack_html(&packed, section.html.len() + 1, &text).is_err());
        packed.len()
    }

    #[test]
    fn html_costs_little_more_than_its_markup() {
        let text = "状态显示「失败」时，币会在 10 分钟内退回。\n余额不够付数量加手续费，请减少数量。";
        let html = format!("<p>{}</p>\n", text.replace('\n', "</p>\n<p>"));
        assert!(html.len() > 110);
        assert!(check("失败", text, html) < 40);
    }

    #[test]
    fn long_texts_come_back() {
        let lines: Vec<String> =
            (0..60_000).map(|line| format!("第 {line} 行 line {}", line * 7919 % 10_007)).collect();
        let long = lines.join("\n");
        assert!(long.len() > PIECE);
        assert_eq!(unpack_text(&self::text(&long), long.len()).unwrap(), long);
        let html = format!("<li>{}</li>\n", lines.join("</li>\n<li>"));
        check("", &long, html);
    }

    proptest! {
        #[test]
        fn whatever_is_packed_comes_back(heading in "\\PC{0,9}", text in "\\PC{0,90}", html in "(<p>)?\\PC{0,90}(</p>)?") {
            check(&heading, &text, html);
            prop_assert_eq!(unpack_text(&self::text(&text), text.len()).unwrap(), text);
        }

        #[test]
        fn what_is_no_pack_is_refused_or_read_but_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200), length in 0usize..300) {
            let _ = unpack_html(&bytes, length, "提币");
            let _ = unpack_text(&bytes, length);
        }
    }
}
