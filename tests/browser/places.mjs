// The pages there are, one of each kind, by their addresses in a language.

/** A question in each language that a section answers, which is shown above the hits. */
export const ANSWERED = {
  zh: '换绑手机号', 'zh-Hant': '怎麼註冊帳戶？', en: 'P2P appeal', ko: '계정을 탈퇴하려면 어떻게 하나요?',
};

export const KINDS = [
  { kind: 'home', path: (lang) => `/${lang}/` },
  { kind: 'results', path: (lang) => `/search?q=2FA&lang=${lang}` },
  { kind: 'filtered results', path: (lang) => `/search?q=2FA&lang=${lang}&category=security` },
  { kind: 'answer', path: (lang) => `/search?q=${encodeURIComponent(ANSWERED[lang])}&lang=${lang}` },
  { kind: 'results in other languages', path: (lang) => `/search?q=${encodeURIComponent('税务报表')}&lang=${lang === 'ko' ? 'en' : lang}` },
  { kind: 'nothing asked', path: (lang) => `/search?q=&lang=${lang}` },
  { kind: 'zero', path: (lang) => `/search?q=qqzzxxvv&lang=${lang}` },
  { kind: 'article', path: (lang) => `/${lang}/articles/withdrawal/withdraw-failed` },
  { kind: 'long article', path: (lang) => `/${lang}/articles/account/login-failed` },
  { kind: 'untranslated article', path: (lang) => `/${lang}/articles/withdrawal/travel-rule` },
  { kind: 'category', path: (lang) => `/${lang}/categories/withdrawal` },
  { kind: 'not found', path: (lang) => `/${lang}/articles/no/such-article`, status: 404 },
  { kind: 'request too long', path: (lang) => `/${lang}/?x=${'x'.repeat(9000)}`, status: 414 },
  { kind: 'widget demo', path: (lang) => `/widget-demo?lang=${lang}` },
];

/** The browser says this of a page whose own status is an error, which it is meant to be. */
export const OWN_STATUS = /Failed to load resource: the server responded with a status of (404|414)/;
