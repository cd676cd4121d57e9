//! Simplified articles for readers of Traditional Chinese: OpenCC's `s2twp`, which knows
//! phrases (网络 is 網路, not 網絡), and what a help center says otherwise.
//!
//! What comes out is meant for readers only. Addresses, ids and anchors stay as they are.

use std::sync::LazyLock;

use ferrous_opencc::OpenCC;
use ferrous_opencc::config::BuiltinConfig;

static CONVERTER: LazyLock<OpenCC> = LazyLock::new(|| {
    OpenCC::from_config(BuiltinConfig::S2twp).expect("OpenCC's s2twp dictionaries are built in")
});

/// What OpenCC writes, and what a help center means: words it always takes in one sense
/// (通过 is mostly to pass a check here, 代码 mostly that of an error), and common spellings.
const PREFERRED: [(&str, &str); 8] = [
    ("賬", "帳"),
    ("程式碼", "代碼"),
    ("透過", "通過"),
    ("許可權", "權限"),
    ("稽核", "審核"),
    ("繫結", "綁定"),
    ("平臺", "平台"),
    ("響應", "回應"),
];

/// A text in Traditional characters and words.
#[must_use]
pub fn convert(text: &str) -> String {
    let mut converted = CONVERTER.convert(text);
    for (written, preferred) in PREFERRED {
        if converted.contains(written) {
            converted = converted.replace(written, preferred);
        }
    }
    converted
}

/// HTML of ours with its text converted, and texts in `alt`; all else stays.
#[must_use]
pub fn convert_html(html: &str) -> String {
    let mut converted = String::with_capacity(html.len());
    for (number, part) in html.split('<').enumerate() {
        // Before the first `<` there is only text; behind the others a tag comes first. Our
        // own HTML has neither `<` nor `>` in attributes.
        let (tag, text) = match part.split_once('>') {
            Some((tag, text)) if number > 0 => (Some(tag), text),
            _ => (None, part),
        };
        if let Some(tag) = tag {
            converted.push('<');
            match tag.split_once(" alt=\"").and_then(|(before, rest)| Some((before, rest.split_once('"')?))) {
                Some((before, (alt, after))) => {
                    converted.push_str(&format!("{before} alt=\"{}\"{after}", convert(alt)));
                }
                None => converted.push_str(tag),
            }
            converted.push('>');
        }
        converted.push_str(&convert(text));
    }
    converted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_traditional_readers() {
        for (simplified, expect) in [
            ("账户被冻结", "帳戶被凍結"),
            ("网络拥堵", "網路擁堵"),
            ("验证码 WD-205 & App", "驗證碼 WD-205 & App"),
            ("头发和发送", "頭髮和傳送"),
            ("短信验证码", "簡訊驗證碼"),
            ("人机验证没通过，错误代码 1004", "人機驗證沒通過，錯誤代碼 1004"),
            ("平台审核 API 权限", "平台審核 API 權限"),
        ] {
            assert_eq!(convert(simplified), expect);
        }
    }

    #[test]
    fn only_what_is_read_changes() {
        let html = "<p>发送<a href=\"#h-%E5%8F%91\" id=\"发\">验证码</a> &lt;币&gt;</p><img src=\"/media/账.png\" alt=\"账户\">";
        let expect = "<p>傳送<a href=\"#h-%E5%8F%91\" id=\"发\">驗證碼</a> &lt;幣&gt;</p><img src=\"/media/账.png\" alt=\"帳戶\">";
        assert_eq!(convert_html(html), expect);
        assert_eq!(convert_html("币"), "幣");
        assert_eq!(convert_html(""), "");
    }
}
