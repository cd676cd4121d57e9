//! Korean.

use super::{Message, Notices, Reasons, Script, Texts};
use crate::lang::Lang;

pub(super) static TEXTS: Texts = Texts {
    language: "한국어",
    language_short: "한국어",
    site: "도움말 센터",
    date: |day| format!("{}년 {}월 {}일", day.year(), day.month(), day.day()),

    skip: "본문으로 건너뛰기",
    languages: "언어",
    breadcrumb: "현재 위치",
    home: "홈",
    contact: "고객센터 문의",

    search: "검색",
    search_label: "도움말 검색",
    search_placeholder: "궁금한 점이나 오류 메시지",

    home_heading: "무엇을 도와드릴까요?",
    home_description: |topics| format!("도움말을 검색하거나 주제별로 찾아보세요. {}.", topics.join(", ")),
    topics: "주제별로 보기",
    popular: "자주 찾는 도움말",
    recent: "최근 업데이트",
    more_links: "사이트 링크",
    feed: |site| format!("{site}: 최근 업데이트"),
    articles: |count| format!("도움말 {count}개"),

    results: "검색 결과",
    found: |count| format!("도움말 {count}개를 찾았습니다"),
    only_elsewhere: "한국어 도움말에서는 찾지 못했습니다. 아래는 다른 언어의 도움말입니다.",
    nothing_asked: "궁금한 내용을 평소 말하듯이 입력해 주세요.",
    nothing_found: "관련 도움말을 찾지 못했습니다",
    nothing_found_hint: "다른 표현으로 검색하거나 핵심 단어 한두 개만 입력해 보세요.",
    question_cut: "질문이 256자를 넘어 앞의 256자만 검색했습니다.",
    question_shortened: "질문이 매우 길어 핵심 단어만으로 검색했습니다.",
    filter: "결과 좁히기",
    by_topic: "주제",
    by_language: "언어",
    all_topics: "모든 주제",
    nothing_in_topic: |name| format!("‘{name}’ 주제에서는 찾지 못했습니다"),
    in_all_topics: |count| format!("모든 주제에서 찾은 도움말 {count}개 보기"),
    in_other_language: |language, count| format!("{language} ({count})"),
    other_languages: "다른 언어로 보기",
    pages: "페이지 이동",
    previous: "이전",
    next: "다음",
    page_of: |page, pages| format!("{pages}페이지 중 {page}페이지"),

    updated: |day| format!("{day} 업데이트"),
    contents: "이 페이지의 내용",
    related: "관련 도움말",
    link_to_section: "이 섹션 링크",
    untranslated: |lang| {
        format!("아직 한국어로 제공되지 않는 도움말입니다. 아래는 원문({})입니다.", name(lang))
    },
    converted: "자동으로 변환된 문서입니다.",
    read_original: "원문 보기",
    table: "표",
    notices: Notices {
        note: "참고", tip: "팁", important: "중요", warning: "주의", caution: "경고"
    },
    unsolved: "문제가 해결되지 않았나요?",
    unsolved_hint: "어떤 상황인지 알려 주시면 고객센터에서 이어서 도와드립니다.",
    helpful_question: "도움이 되었나요?",
    yes: "도움이 됐어요",
    no: "아쉬워요",

    empty_topic: "이 주제에는 아직 한국어 도움말이 없습니다.",

    not_found: Message {
        heading: "페이지를 찾을 수 없습니다",
        text: "링크가 잘못되었거나 도움말이 옮겨졌습니다. 위에서 검색하거나 아래의 도움말을 확인해 주세요.",
    },
    bad_request: Message {
        heading: "요청을 처리할 수 없습니다",
        text: "링크에 올바르지 않은 내용이 있습니다. 홈에서 다시 검색해 주세요.",
    },
    busy: Message {
        heading: "지금은 응답할 수 없습니다",
        text: "현재 접속자가 많습니다. 잠시 후 다시 시도해 주세요.",
    },
    failed: Message {
        heading: "오류가 발생했습니다",
        text: "저희 쪽 문제이며 고객님의 잘못이 아닙니다. 잠시 후 다시 시도해 주세요.",
    },

    script: Script {
        label: "도움말 검색",
        placeholder: "궁금한 점이나 오류 메시지",
        search: "검색",
        clear: "지우기",
        open: "도움말",
        title: "도움말 검색",
        close: "닫기",
        suggestions: "관련 질문",
        results: "검색 결과",
        searching: "검색 중…",
        found_one: "검색 결과 {count}개",
        found_many: "검색 결과 {count}개",
        nothing: "관련 도움말을 찾지 못했습니다",
        nothing_hint: "다른 표현으로 검색하거나 핵심 단어 한두 개만 입력해 보세요.",
        see_all: "‘{query}’ 검색 결과 모두 보기",
        did_you_mean: "이것을 찾으셨나요? {query}",
        searched_instead: "입력하신 검색어의 결과가 없어 ‘{query}’(으)로 검색했습니다",
        answer: "추천 답변",
        read_more: "전체 보기",
        failed: "검색하지 못했습니다. 다시 시도해 주세요.",
        offline: "인터넷 연결이 끊겼습니다. 다시 연결되면 자동으로 검색합니다.",
        retry: "다시 시도",
        contact: "고객센터 문의",
        copy_link: "링크 복사",
        copied: "복사됨",
        more_help: "다른 방법으로 도움받기",
        thanks: "의견을 보내 주셔서 감사합니다.",
        sorry: "의견을 보내 주셔서 감사합니다. 이 도움말을 개선하겠습니다.",
        not_sent: "보내지 못했습니다. 다시 시도해 주세요.",
        topics: "주제별로 보기",
        shortcut: "/ 키로 검색창 이동",
        theme: "화면 테마",
        theme_system: "시스템 설정",
        theme_light: "밝게",
        theme_dark: "어둡게",
        reasons: Reasons {
            synonym: "비슷한 말",
            script: "간체·번체",
            partial: "일부 일치",
            entity: "붙여 넣은 내용과 일치",
            pinyin: "병음으로 찾음",
            initials: "초성으로 찾음",
            keyboard: "한/영 입력 보정",
            typo: "오타 보정",
            language: "다른 언어",
            pinned: "추천",
        },
    },
};

fn name(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "영어",
        Lang::Ko => "한국어",
        Lang::Zh => "중국어 간체",
        Lang::ZhHant => "중국어 번체",
    }
}
