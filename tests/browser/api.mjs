// Replies of the API that a test makes up, and what was asked.

const HIT = {
  category: 'withdrawal', score: 1, updated: '2026-09-18', anchor: '', title_spans: [],
  snippet: { text: '', spans: [] },
};

/** A hit as the API writes it. */
export function hit(id, title, more = {}) {
  return { ...HIT, id, lang: 'zh', title, url: `/zh/articles/${id}`, ...more };
}

/** Answers `/api/v1/search` and `/api/v1/suggest` by `search(q)` and `suggest(q)`. Each gives
 *  `{ hits }` or `{ suggestions }`, with `after`, what the reply waits for (a promise, see `hold`),
 *  `status`, or `fail` to cut the line.
 *  Returns the questions asked, as `{ path, q, at, outcome }`. */
export async function answer(page, { search = () => ({ hits: [] }), suggest = () => ({ suggestions: [] }) } = {}) {
  const asked = [];
  await page.route(/\/api\/v1\/(search|suggest)\?/, async (route) => {
    const url = new URL(route.request().url());
    const q = url.searchParams.get('q');
    const path = url.pathname.split('/').pop();
    const note = { path, q, at: Date.now(), url, outcome: 'waiting' };
    asked.push(note);
    const { after, status = 200, fail = false, ...body } = (path === 'search' ? search : suggest)(q);
    await after;
    const headers = { 'access-control-allow-origin': '*' };
    const reply = path === 'search'
      ? { query: q, total: body.hits?.length ?? 0, facets: { category: [], tag: [], lang: [] }, ...body }
      : { query: q, suggestions: [], ...body };
    try {
      if (fail) await route.abort('connectionfailed');
      else await route.fulfill({ status, headers, contentType: 'application/json', body: JSON.stringify(reply) });
      if (note.outcome === 'waiting') note.outcome = 'answered';
    } catch {
      if (note.outcome === 'waiting') note.outcome = 'gone';
    }
  });
  page.on('requestfailed', (request) => {
    const note = asked.find(({ url }) => url.href === request.url());
    if (note) note.outcome = request.failure()?.errorText ?? 'failed';
  });
  return asked;
}

/** Something to wait for: `held` is done once `release` is called. What a test sees meanwhile it
 *  sees on a machine of any speed, as it could not with a reply that is late by some time. */
export function hold() {
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  return { held, release };
}

/** What never comes. */
export const NEVER = new Promise(() => {});

/** Has the help center's own hits wait for its suggestions, so that the box shows both however
 *  busy the machine is. */
export async function inStep(page) {
  const suggested = new Set();
  page.on('response', (reply) => {
    const url = new URL(reply.url());
    if (url.pathname.endsWith('/suggest')) suggested.add(url.searchParams.get('q'));
  });
  await page.route(/\/api\/v1\/search\?/, async (route) => {
    const q = new URL(route.request().url()).searchParams.get('q');
    for (let wait = 0; wait < 200 && !suggested.has(q); wait += 1) await new Promise((resolve) => { setTimeout(resolve, 25); });
    // The box may have asked something else meanwhile.
    await route.continue().catch(() => {});
  });
}

/** The questions put to the search. */
export function searches(asked) {
  return asked.filter(({ path }) => path === 'search').map(({ q }) => q);
}

/** `count` hits whose titles begin with `title`. */
export function hits(count, title = '提现') {
  return Array.from({ length: count }, (_, at) => hit(`withdrawal/a${at}`, `${title} ${at + 1}`));
}
