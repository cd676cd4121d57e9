//! Chinese characters that are taken for one another because they look alike: what a hand
//! with a shape-based input method, a pen or a tired eye mixes up. Our own list, of
//! characters that are frequent in what people ask.

/// Each group holds characters (Simplified) that look alike.
const GROUPS: [&str; 106] = [
    "撤撒", "己已巳", "未末", "入人八", "账帐胀", "户卢尸", "冻栋", "提堤题", "币巾市", "免兔", "失矢", "夫天", "土士",
    "日曰", "千干于", "今令", "住往佳", "侯候", "侍待持", "折拆析诉", "拔拨", "拍柏", "挡档", "换涣焕", "换唤", "择泽译",
    "招沼", "拖施", "按接", "授援", "授受", "检捡险验", "措借错", "情清晴请", "慢漫", "快块决", "怀坏", "忘忙", "念令",
    "思恩", "息总", "惜借", "帐张", "弦玄", "微徽", "得碍", "徒徙", "循遁", "录绿碌", "彻砌", "复夏", "处外", "备务",
    "买卖实", "乐东", "车东", "农衣", "鸟乌", "问间闻", "闭闪", "网冈", "贝见", "货贷", "贪贫", "费贵", "资姿", "赔陪",
    "赎续", "输轮", "转砖传", "较校", "载栽裁", "辨辩辫", "边迈", "址扯", "需须", "别到", "号呈", "提捉", "现观", "登凳", "码玛", "证征", "失先", "过迁", "远运", "连进", "退迟", "遗遣", "选迭", "送进",
    "锁销消", "链连", "钥钓", "钱线", "钩钓", "铺辅", "限陷", "除徐", "额颜", "顺须", "预领", "颗棵", "验脸", "骗编",
    "高亮",
];

/// Characters that look like this one.
pub fn of(c: char) -> impl Iterator<Item = char> {
    let groups = GROUPS.iter().filter(move |group| group.contains(c));
    groups.flat_map(|group| group.chars()).filter(move |other| *other != c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_alike_is_mutual() {
        assert!(of('撒').any(|c| c == '撤') && of('撤').any(|c| c == '撒'));
        assert_eq!(of('的').count(), 0);
    }
}
