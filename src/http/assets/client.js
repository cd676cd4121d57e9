// The help center as the box sees it: questions to the API, checked addresses, texts.

/** How long an answer may take (ms). */
const PATIENCE = 8000;
/** How long the hits wait for suggestions that are slower (ms). */
const SUGGESTION_GRACE = 300;
/** How many hits and suggestions the box shows. */
const HITS = 6;
const SUGGESTIONS = 4;

/** Asks one server in one language. */
class Client {
  /** `server` is its address, `lang` one of its languages, `category` an id or empty; `texts` are
   *  what the box says. */
  constructor(server, lang, category, texts) {
    this.server = new URL(server);
    this.lang = lang;
    this.texts = texts;
    this.category = category ?? '';
  }

  /** What the box shows for a question. Throws when there is no answer or `signal` says stop. */
  async ask(query, signal) {
    const search = this.#get('/api/v1/search', { q: query, per_page: HITS, category: this.category }, signal);
    // Suggestions are a help: without them there are still the hits.
    const suggest = this.#get('/api/v1/suggest', { q: query }, signal).catch(() => ({}));
    const found = await search;
    const { suggestions } = await Promise.race([suggest, after(SUGGESTION_GRACE, {})]);
    const hits = list(found.hits).slice(0, HITS);
    const isHit = (suggestion) => hits.some((hit) => hit.id === suggestion.id && hit.lang === suggestion.lang);
    return {
      query,
      hits,
      total: Number(found.total) || hits.length,
      meant: found.did_you_mean,
      // The best of them, as far as they are not hits already; never worse ones in their place.
      suggestions: list(suggestions).slice(0, SUGGESTIONS).filter((suggestion) => !isHit(suggestion)),
    };
  }

  /** The topics there is something about, as `{ name, url }`. Throws when there is no answer. */
  async topics(signal) {
    const { categories } = await this.#get('/api/v1/categories', {}, signal);
    return list(categories).filter(({ id, articles }) => articles > 0 && !String(id).includes('/'));
  }

  /** The results page for a question. */
  results(query) {
    const url = new URL('/search', this.server);
    url.searchParams.set('q', query);
    url.searchParams.set('lang', this.lang);
    if (this.category) url.searchParams.set('category', this.category);
    return url.href;
  }

  /** An address of a reply, or nothing if it does not lie on the server. A text the reader can
   *  read is shown on a page in the reader's own language. */
  address(path, lang) {
    if (typeof path !== 'string' || !path.startsWith('/')) return undefined;
    const own = this.reads(lang) ? path.replace(`/${lang}/`, `/${this.lang}/`) : path;
    try {
      const url = new URL(own, this.server);
      return url.origin === this.server.origin ? url.href : undefined;
    } catch {
      return undefined;
    }
  }

  /** Whether the reader reads a language without being told. */
  reads(lang) {
    return lang === undefined || lang === this.lang || this.converts(lang);
  }

  /** Whether the server converts texts of a language into the reader's script. */
  converts(lang) {
    return this.lang === 'zh-Hant' && lang === 'zh';
  }

  async #get(path, parameters, signal) {
    const url = new URL(path, this.server);
    for (const [name, value] of Object.entries({ ...parameters, lang: this.lang })) {
      if (value !== '') url.searchParams.set(name, value);
    }
    const patience = new AbortController();
    const stop = () => patience.abort();
    const timer = setTimeout(stop, PATIENCE);
    signal.addEventListener('abort', stop);
    try {
      const reply = await fetch(url, { signal: patience.signal, credentials: 'omit', headers: { accept: 'application/json' } });
      if (!reply.ok) throw new Error(`status ${reply.status}`);
      return await reply.json();
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    }
  }
}

/** The language of ours that a tag means: `zh-TW` → `zh-Hant`, `zh-Hans` → `zh`, `ko-KR` → `ko`. */
function langOf(tag) {
  const lower = (tag ?? '').toLowerCase();
  if (/^zh-(hant|tw|hk|mo)\b/.test(lower)) return 'zh-Hant';
  return ['zh', 'ko'].find((lang) => lower.split('-')[0] === lang) ?? 'en';
}

/** The tag by which browsers choose fonts and voices. */
function htmlLang(lang) {
  return lang === 'zh' ? 'zh-Hans' : lang;
}

/** A language's name for itself; the tag where there is no such language. */
function nameOf(lang) {
  const tag = htmlLang(lang);
  try {
    return new Intl.DisplayNames(tag, { type: 'language' }).of(tag);
  } catch {
    return tag;
  }
}

/** The objects of what should be a list of them. */
function list(value) {
  return Array.isArray(value) ? value.filter((item) => item !== null && typeof item === 'object') : [];
}

function after(ms, value) {
  return new Promise((resolve) => { setTimeout(resolve, ms, value); });
}
