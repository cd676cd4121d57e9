//! Simplified Chinese.

use super::{Message, Notices, Reasons, Script, Texts};
use crate::lang::Lang;

pub(super) static TEXTS: Texts = Texts {
    language: "简体中文",
    language_short: "简体",
    site: "帮助中心",
    date: |day| format!("{}年{}月{}日", day.year(), day.month(), day.day()),

    skip: "跳到正文",
    languages: "语言",
    breadcrumb: "当前位置",
    home: "首页",
    contact: "联系客服",

    search: "搜索",
    search_label: "搜索帮助文章",
    search_placeholder: "输入问题或报错信息",

    home_heading: "有什么可以帮您？",
    home_description: |topics| format!("搜索帮助文章，或按主题浏览：{}。", topics.join("、")),
    topics: "按主题浏览",
    popular: "常见问题",
    recent: "最近更新",
    more_links: "站点链接",
    feed: |site| format!("{site}：最近更新"),
    articles: |count| format!("{count} 篇文章"),

    results: "搜索结果",
    found: |count| format!("找到 {count} 篇文章"),
    only_elsewhere: "没有找到简体中文文章，以下是其他语言的文章。",
    nothing_asked: "请输入您的问题，用平时说话的方式就可以。",
    nothing_found: "没有找到相关文章",
    nothing_found_hint: "请换一个说法，或者只保留最关键的一两个词。",
    question_cut: "您的问题超过 256 个字符，只用前 256 个字符进行了搜索。",
    question_shortened: "您的问题很长，只按其中最关键的几个词搜索。",
    filter: "筛选结果",
    by_topic: "主题",
    by_language: "语言",
    all_topics: "全部主题",
    nothing_in_topic: |name| format!("“{name}”中没有找到相关文章"),
    in_all_topics: |count| format!("查看全部主题中的 {count} 篇文章"),
    in_other_language: |language, count| format!("{language}（{count}）"),
    other_languages: "其他语言的文章",
    pages: "翻页",
    previous: "上一页",
    next: "下一页",
    page_of: |page, pages| format!("第 {page} 页，共 {pages} 页"),

    updated: |day| format!("更新于 {day}"),
    contents: "本页内容",
    related: "相关文章",
    link_to_section: "本节链接",
    untranslated: |lang| format!("这篇文章还没有您所选语言的版本，以下为{}原文。", name(lang)),
    converted: "本文由简体中文自动转换。",
    read_original: "阅读简体原文",
    table: "表格",
    notices: Notices {
        note: "说明", tip: "提示", important: "重要", warning: "注意", caution: "警告"
    },
    unsolved: "问题还没有解决？",
    unsolved_hint: "告诉我们您遇到的情况，客服会继续帮您处理。",
    helpful_question: "这篇文章对您有帮助吗？",
    yes: "有帮助",
    no: "没有帮助",

    empty_topic: "这个主题下还没有简体中文文章。",

    not_found: Message {
        heading: "没有找到这个页面",
        text: "链接可能有误，或者文章已经移走。请在上方搜索，或看看下面的常见问题。",
    },
    bad_request: Message {
        heading: "无法处理这个请求",
        text: "链接中有不正确的内容。请返回首页，重新搜索。",
    },
    busy: Message {
        heading: "暂时无法回答", text: "现在访问的人很多，请过一会儿再试。"
    },
    failed: Message {
        heading: "出错了", text: "这是我们的问题，与您的操作无关。请过一会儿再试。"
    },

    script: Script {
        label: "搜索帮助文章",
        placeholder: "输入问题或报错信息",
        search: "搜索",
        clear: "清空",
        open: "帮助",
        title: "搜索帮助",
        close: "关闭",
        suggestions: "相关问题",
        results: "搜索结果",
        searching: "正在搜索…",
        found_one: "{count} 条结果",
        found_many: "{count} 条结果",
        nothing: "没有找到相关文章",
        nothing_hint: "请换一个说法，或者只保留最关键的一两个词。",
        see_all: "查看“{query}”的全部结果",
        did_you_mean: "您是不是要找：{query}",
        searched_instead: "没有完全匹配的内容，已为您搜索“{query}”",
        answer: "直接回答",
        read_more: "阅读全文",
        failed: "搜索没有成功，请重试。",
        offline: "网络已断开，连接恢复后会自动重试。",
        retry: "重试",
        contact: "联系客服",
        copy_link: "复制链接",
        copied: "已复制",
        more_help: "其他求助方式",
        thanks: "谢谢您的反馈。",
        sorry: "谢谢您告诉我们，我们会改进这篇文章。",
        not_sent: "没有发送成功，请重试。",
        topics: "按主题浏览",
        shortcut: "按 / 键跳到搜索框",
        theme: "外观",
        theme_system: "跟随系统",
        theme_light: "浅色",
        theme_dark: "深色",
        reasons: Reasons {
            synonym: "同义词",
            script: "简繁对应",
            partial: "部分相符",
            entity: "按粘贴的内容识别",
            pinyin: "按拼音",
            initials: "按首字母",
            keyboard: "已按键盘布局还原",
            typo: "已纠正错字",
            language: "其他语言",
            pinned: "推荐",
        },
    },
};

fn name(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "英文",
        Lang::Ko => "韩文",
        Lang::Zh => "简体中文",
        Lang::ZhHant => "繁体中文",
    }
}
