//! Simplified articles for readers of Traditional Chinese: OpenCC's `s2twp`, which knows
//! phrases (网络 is 網路, not 網絡), and what a help center says otherwise.
//!
//! What comes out is meant for readers only. Addresses, ids and anchors stay as they are.

use std::sync::LazyLock;

use ferrous_opencc::OpenCC;
use ferrous_opencc::config::BuiltinConfig;

use crate::text::{self, Span};

static CONVERTER: LazyLock<OpenCC> = LazyLock::new(|| {
    OpenCC::from_config(BuiltinConfig::S2twp).expect("OpenCC's s2twp dictionaries are built in")
});

/// What OpenCC writes, and what a help center means: words it always takes in one sense
/// (通过 is mostly to pass a check here, 代码 mostly that of an error, 项目 a row of a table), and
/// common spellings.
const PREFERRED: [(&str, &str); 20] = [
    ("賬", "帳"),
    ("臺", "台"),
    ("身份", "身分"),
    ("分鍾", "分鐘"),
    ("程式碼", "代碼"),
    ("透過", "通過"),
    ("許可權", "權限"),
    ("稽核", "審核"),
    ("繫結", "綁定"),
    ("響應", "回應"),
    ("型別", "類型"),
    ("引數", "參數"),
    ("專案", "項目"),
    ("釋出", "發布"),
    ("指令碼", "腳本"),
    ("迴圈", "循環"),
    ("閘道器", "閘道"),
    ("最佳化", "優化"),
    ("字尾", "後綴"),
    ("退出登入", "登出"),
];

/// What OpenCC is not asked, the longer before the shorter: it reads across words (减免提币 has
/// its word for a hands-free phone in it, 资金来源文件 that for source code), and knows one sense.
/// 文件 are papers that a customer hands in, but for what is clearly a file of a computer.
const OURS: [(&str, &str); 22] = [
    ("文件夹", "資料夾"),
    ("文件名", "檔名"),
    ("文件编码", "檔案編碼"),
    ("文件格式", "檔案格式"),
    ("文件大小", "檔案大小"),
    ("文件太大", "檔案太大"),
    ("文件", "文件"),
    ("安装文件", "安裝檔案"),
    ("导出文件", "匯出檔案"),
    ("下载文件", "下載檔案"),
    ("配置文件", "設定檔"),
    ("个文件", "個檔案"),
    ("CSV 文件", "CSV 檔案"),
    ("PDF 文件", "PDF 檔案"),
    ("注销", "註銷"),
    ("对象", "對象"),
    ("免提币", "免提幣"),
    ("物联网卡", "物聯網卡"),
    ("小云服务器", "小雲伺服器"),
    ("划走", "劃走"),
    ("天后宫", "天后宮"),
    ("天后", "天後"),
];

/// Before a measure word.
const NUMERALS: &str = "一二两三四五六七八九十百千万几每这那哪半多数0123456789";

/// A text in Traditional characters and words.
#[must_use]
pub fn convert(text: &str) -> String {
    let mut converted = String::with_capacity(text.len());
    let (mut from, mut before) = (0, None);
    for (at, char) in text.char_indices() {
        if at >= from
            && let Some((simplified, traditional)) = own(before, text::from(text, at))
        {
            converted.push_str(&general(text::slice(text, Span::new(from, at))));
            converted.push_str(traditional);
            from = at + simplified.len();
        }
        before = Some(char);
    }
    converted.push_str(&general(text::from(text, from)));
    converted
}

/// The word of ours that `rest` begins with.
fn own(before: Option<char>, rest: &str) -> Option<(&'static str, &'static str)> {
    let mut chars = rest.chars();
    let (first, next) = (chars.next()?, chars.next());
    let is_in = |list: &str, char: Option<char>| char.is_some_and(|char| list.contains(char));
    match first {
        // Only, unless something is counted: OpenCC takes 单只 and 大只 for that.
        '只' => {
            let is_measure = is_in(NUMERALS, before) && !is_in("能可会有是要看在限需", next);
            (!is_measure && !is_in("船舰", before)).then_some(("只", "只"))
        }
        // Inside, unless it is a mile or a name.
        '里' => {
            let is_mile = is_in("公英华海千万百阿邻故哩", before) || is_in("程拉斯约", next);
            (!is_mile).then_some(("里", "裡"))
        }
        // To sign, unless it is a slip of wood or paper.
        '签' => (!is_in("标书抽竹牙", before)).then_some(("签", "簽")),
        _ => OURS.into_iter().find(|(simplified, _)| rest.starts_with(simplified)),
    }
}

/// A text as OpenCC converts it, with the words that we prefer.
fn general(text: &str) -> String {
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
            ("身份验证的文件类型", "身分驗證的文件類型"),
            ("注销账户后退出登录", "註銷帳戶後登出"),
            ("不减免提币手续费", "不減免提幣手續費"),
            ("十几分钟能找到", "十幾分鐘能找到"),
        ] {
            assert_eq!(convert(simplified), expect);
        }
    }

    #[test]
    fn words_are_told_from_what_looks_like_them() {
        for (simplified, expect) in [
            ("限价单只会按限价成交，改，只影响新订单", "限價單只會按限價成交，改，只影響新訂單"),
            ("统一只能提一次", "統一只能提一次"),
            ("三只基金，每只 10 元", "三隻基金，每隻 10 元"),
            ("30 天后失效，几天后再试", "30 天後失效，幾天後再試"),
            ("从提币的币里扣，卡里钱", "從提幣的幣裡扣，卡裡錢"),
            ("10 公里，里程，阿里巴巴", "10 公里，里程，阿里巴巴"),
            ("资金来源文件", "資金來源文件"),
            ("住址要交什么文件", "住址要交什麼文件"),
            ("最多 5 个文件，“其他”文件夹", "最多 5 個檔案，“其他”資料夾"),
            ("物联网卡收不到短信", "物聯網卡收不到簡訊"),
            ("用 Secret 重新签一次，填标签", "用 Secret 重新簽一次，填標籤"),
        ] {
            assert_eq!(convert(simplified), expect);
        }
    }

    #[test]
    fn a_word_is_not_hidden_by_a_shorter_one() {
        for (at, (shorter, _)) in OURS.iter().enumerate() {
            let hidden = OURS.iter().skip(at + 1).find(|(later, _)| later.starts_with(shorter));
            assert_eq!(hidden, None, "{shorter}");
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
