//! Traditional Chinese.

use super::{Message, Notices, Reasons, Script, Texts};
use crate::lang::Lang;

pub(super) static TEXTS: Texts = Texts {
    language: "繁體中文",
    language_short: "繁體",
    site: "說明中心",
    date: |day| format!("{}年{}月{}日", day.year(), day.month(), day.day()),

    skip: "跳到主要內容",
    languages: "語言",
    breadcrumb: "目前位置",
    home: "首頁",
    contact: "聯絡客服",

    search: "搜尋",
    search_label: "搜尋說明文章",
    search_placeholder: "輸入問題或錯誤訊息",

    home_heading: "有什麼可以幫您？",
    home_description: |topics| format!("搜尋說明文章，或按主題瀏覽：{}。", topics.join("、")),
    topics: "按主題瀏覽",
    popular: "常見問題",
    recent: "最近更新",
    more_links: "網站連結",
    feed: |site| format!("{site}：最近更新"),
    articles: |count| format!("{count} 篇文章"),

    results: "搜尋結果",
    found: |count| format!("找到 {count} 篇文章"),
    only_elsewhere: "沒有找到中文文章，以下是其他語言的文章。",
    nothing_asked: "請輸入您的問題，用平時說話的方式就可以。",
    nothing_found: "沒有找到相關文章",
    nothing_found_hint: "請換個說法，或者只保留最關鍵的一兩個詞。",
    question_cut: "您的問題超過 256 個字元，只用前 256 個字元進行了搜尋。",
    question_shortened: "您的問題很長，只依其中最關鍵的幾個詞搜尋。",
    filter: "篩選結果",
    by_topic: "主題",
    by_language: "語言",
    all_topics: "全部主題",
    nothing_in_topic: |name| format!("「{name}」中沒有找到相關文章"),
    in_all_topics: |count| format!("查看全部主題中的 {count} 篇文章"),
    in_other_language: |language, count| format!("{language}（{count}）"),
    other_languages: "其他語言的文章",
    pages: "分頁",
    previous: "上一頁",
    next: "下一頁",
    page_of: |page, pages| format!("第 {page} 頁，共 {pages} 頁"),

    updated: |day| format!("更新於 {day}"),
    contents: "本頁內容",
    related: "相關文章",
    link_to_section: "本節連結",
    untranslated: |lang| format!("這篇文章還沒有您所選語言的版本，以下為{}原文。", name(lang)),
    converted: "本文由簡體中文自動轉換。",
    read_original: "閱讀簡體原文",
    table: "表格",
    notices: Notices {
        note: "說明", tip: "提示", important: "重要", warning: "注意", caution: "警告"
    },
    unsolved: "問題還沒有解決？",
    unsolved_hint: "告訴我們您遇到的情況，客服會繼續幫您處理。",
    helpful_question: "這篇文章對您有幫助嗎？",
    yes: "有幫助",
    no: "沒有幫助",

    empty_topic: "這個主題下還沒有中文文章。",

    not_found: Message {
        heading: "找不到這個頁面",
        text: "連結可能有誤，或者文章已經移走。請在上方搜尋，或看看下面的常見問題。",
    },
    bad_request: Message {
        heading: "無法處理這個請求",
        text: "連結中有不正確的內容。請返回首頁，重新搜尋。",
    },
    busy: Message { heading: "暫時無法回答", text: "現在造訪的人很多，請稍後再試。" },
    failed: Message {
        heading: "發生錯誤", text: "這是我們的問題，與您的操作無關。請稍後再試。"
    },

    script: Script {
        label: "搜尋說明文章",
        placeholder: "輸入問題或錯誤訊息",
        search: "搜尋",
        clear: "清除",
        open: "說明",
        title: "搜尋說明",
        close: "關閉",
        suggestions: "相關問題",
        results: "搜尋結果",
        searching: "正在搜尋…",
        found_one: "{count} 筆結果",
        found_many: "{count} 筆結果",
        nothing: "沒有找到相關文章",
        nothing_hint: "請換個說法，或者只保留最關鍵的一兩個詞。",
        see_all: "查看「{query}」的全部結果",
        did_you_mean: "您是不是要找：{query}",
        searched_instead: "沒有完全符合的內容，已為您搜尋「{query}」",
        answer: "直接回答",
        read_more: "閱讀全文",
        failed: "搜尋沒有成功，請再試一次。",
        offline: "網路已中斷，恢復連線後會自動重試。",
        retry: "再試一次",
        contact: "聯絡客服",
        copy_link: "複製連結",
        copied: "已複製",
        more_help: "其他求助方式",
        thanks: "謝謝您的意見。",
        sorry: "謝謝您告訴我們，我們會改進這篇文章。",
        not_sent: "沒有傳送成功，請再試一次。",
        topics: "按主題瀏覽",
        shortcut: "按 / 鍵跳到搜尋框",
        theme: "外觀",
        theme_system: "跟隨系統",
        theme_light: "淺色",
        theme_dark: "深色",
        reasons: Reasons {
            synonym: "同義詞",
            script: "簡繁對應",
            partial: "部分相符",
            entity: "依貼上的內容辨識",
            pinyin: "依拼音",
            initials: "依首字母",
            keyboard: "已依鍵盤配置還原",
            typo: "已修正錯字",
            language: "其他語言",
            pinned: "推薦",
        },
    },
};

fn name(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "英文",
        Lang::Ko => "韓文",
        Lang::Zh => "簡體中文",
        Lang::ZhHant => "繁體中文",
    }
}
