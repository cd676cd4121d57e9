//! Hits in Simplified Chinese as readers of Traditional read them; what matched stays marked.

use crate::config::Names;
use crate::lang::Lang;
use crate::search::suggest::Suggestion;
use crate::search::{Featured, Hit};
use crate::text::{self, Span};
use crate::traditional;

/// Whether texts of a language are converted for readers of another.
pub(super) fn is_for(reader: Lang, written: Lang) -> bool {
    (reader, written) == (Lang::ZhHant, Lang::Zh)
}

/// What something of the operator's is called for a reader.
pub(super) fn name(names: &Names, reader: Lang) -> String {
    let (written, name) = names.nearest(reader);
    if is_for(reader, written) { traditional::convert(name) } else { name.to_owned() }
}

/// Converts what is shown of a hit.
pub(super) fn convert(hit: &mut Hit) {
    (hit.title, hit.title_spans) = marked(&hit.title, &hit.title_spans);
    (hit.snippet.text, hit.snippet.spans) = marked(&hit.snippet.text, &hit.snippet.spans);
    hit.heading = traditional::convert(&hit.heading);
}

/// Converts a featured answer.
pub(super) fn convert_featured(featured: &mut Featured) {
    featured.title = traditional::convert(&featured.title);
    featured.heading = traditional::convert(&featured.heading);
    featured.html = traditional::convert_html(&featured.html);
}

/// Converts a suggestion.
pub(super) fn convert_suggestion(suggestion: &mut Suggestion) {
    (suggestion.text, suggestion.spans) = marked(&suggestion.text, &suggestion.spans);
}

/// Piece by piece, so that each mark stays around what it marks.
fn marked(text: &str, spans: &[Span]) -> (String, Vec<Span>) {
    let mut converted = String::with_capacity(text.len());
    let mut moved = Vec::with_capacity(spans.len());
    let mut at = 0;
    for span in spans {
        converted.push_str(&traditional::convert(text::slice(text, Span::new(at, span.start))));
        let start = converted.len();
        converted.push_str(&traditional::convert(text::slice(text, *span)));
        moved.push(Span::new(start, converted.len()));
        at = span.end;
    }
    converted.push_str(&traditional::convert(text::from(text, at)));
    (converted, moved)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_stay_around_what_they_mark() {
        // 网络 becomes another word of other characters, 发送 too.
        let text = "网络断开时发送短信验证码";
        let spans = [Span::new(0, 6), Span::new(21, 27)];
        let (converted, moved) = marked(text, &spans);
        let pieces: Vec<&str> = moved.iter().map(|span| text::slice(&converted, *span)).collect();
        assert_eq!(
            (converted.as_str(), pieces.as_slice()),
            ("網路斷開時傳送簡訊驗證碼", &["網路", "簡訊"][..])
        );
        assert_eq!(marked("abc", &[]), ("abc".to_owned(), Vec::new()));
    }
}
