// Nobody's text becomes code (B-12): every field that an author or a visitor controls is filled
// with every payload, in a browser whose content security policy is switched off, so that the
// escaping alone must hold.
//
// 1. Nothing runs.
// 2. No element or attribute is there that our own templates do not write, also not after what
//    is shown has been parsed once more.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { answer, hit } from './api.mjs';
import { boxOf, soon } from './field.mjs';
import { test } from './runner.mjs';
import { folder, newPage, serve, site } from './world.mjs';

const PAYLOADS = readFileSync(new URL('payloads.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('# '))
  .map((line) => line.replace(/\\u([0-9a-f]{4})/g, (_, code) => String.fromCharCode(parseInt(code, 16))));

/** One address in so many is gone to; the others are shown in frames, which is much faster. */
const GO_TO = 16;

/** What our templates and the renderer of articles write. */
const NAMES = `html head title meta link script body header nav main footer article section aside div
  span p a ul ol li h1 h2 h3 h4 h5 h6 form input button label fieldset legend details summary time mark
  table thead tbody tr th td code pre blockquote em strong del s hr br img figure figcaption sup sub dl
  dt dd kbd small b i svg path circle ellipse rect g line polyline jieda-search`.split(/\s+/);

/** Runs in the page: what is there that should not be. */
function findUnsafe(names, shown = document) {
  const unsafe = [];
  const check = (root, where) => {
    for (const node of root.querySelectorAll('*')) {
      const name = node.localName;
      const say = (what) => unsafe.push(`${where}: <${name}> ${what}`);
      if (!names.includes(name)) say('is not ours');
      if (name === 'script' && node.type !== 'application/ld+json' && !/^\/(assets\/[\w.-]+|widget\.js)$/.test(node.getAttribute('src') ?? '')) say('is a foreign script');
      if (name === 'meta' && node.hasAttribute('http-equiv')) say('refreshes');
      for (const { name: attribute, value } of node.attributes) {
        if (/^on|^(style|srcdoc|formaction|xlink:href|srcset|ping|background|nonce)$/.test(attribute)) say(attribute);
        if (['href', 'src', 'action', 'data', 'poster'].includes(attribute)) {
          const { protocol } = new URL(value, 'https://help.example/');
          if (!['https:', 'http:', 'mailto:'].includes(protocol)) say(`${attribute} ${value}`);
        }
      }
    }
  };
  check(shown, 'shown');
  check(new DOMParser().parseFromString(shown.documentElement.outerHTML, 'text/html'), 'parsed again');
  return unsafe;
}

/** A page that remembers what runs. */
async function watchedPage(base, options = {}) {
  const page = await newPage({ base, bypassCSP: true, ...options });
  page.ran = [];
  await page.exposeFunction('jiedaRan', (what) => page.ran.push(what));
  await page.addInitScript(() => {
    window.alert = (what) => window.jiedaRan(`alert ${what} at ${location}`);
    window.open = (where) => window.jiedaRan(`open ${where}`);
  });
  return page;
}

/** Runs in the page: shows each address in a frame, by the same parser and with its scripts, and
 *  looks what is there. */
async function lookInFrames({ paths, names, find }) {
  // `find` is the source of `findUnsafe`.
  const findUnsafe = new Function(`return ${find}`)();
  const found = [];
  const open = [...paths];
  const hook = '<script>window.alert = window.confirm = window.prompt = (what) => parent.jiedaRan(`alert ${what}`)</scr' + 'ipt>';
  await Promise.all(Array.from({ length: 4 }, async () => {
    for (let path = open.shift(); path !== undefined; path = open.shift()) {
      const html = await (await fetch(path, { headers: { accept: 'text/html' } })).text();
      const frame = document.createElement('iframe');
      const loaded = new Promise((resolve) => { frame.onload = resolve; });
      // Without styles, which are of no account here and slow.
      frame.srcdoc = html.replaceAll('<link rel="stylesheet"', '<link').replace('<head>', `<head>${hook}`);
      document.body.append(frame);
      await loaded;
      frame.contentDocument.querySelector('head > script')?.remove();
      const unsafe = findUnsafe(names, frame.contentDocument);
      if (!frame.contentDocument.querySelector('main')) unsafe.push('there is no page');
      if (unsafe.length > 0) found.push({ path, unsafe: unsafe.slice(0, 3) });
      frame.remove();
    }
  }));
  return found;
}

/** Looks at addresses; what was found. */
async function lookAt(base, paths, options = {}) {
  const page = await watchedPage(base, options);
  await page.goto('/healthz');
  const found = await page.evaluate(lookInFrames, { paths, names: NAMES, find: findUnsafe.toString() });
  for (let at = 0; at < paths.length; at += GO_TO) {
    await page.goto(paths[at]);
    const unsafe = await page.evaluate(findUnsafe, NAMES);
    if (unsafe.length > 0) found.push({ path: paths[at], unsafe: unsafe.slice(0, 3) });
  }
  found.push(...page.ran, ...page.wrongs.filter((text) => text.includes(': dialog ')));
  await page.context().close();
  return found;
}

/** Articles, categories and words that are nothing but payloads. */
function writeArticles(root) {
  const write = (path, text) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const quoted = (text) => JSON.stringify(text).replaceAll('\u007f', '\\u007f');
  const categories = [];
  PAYLOADS.forEach((payload, at) => {
    const line = payload.replaceAll('\n', ' ');
    const [text, inline] = [quoted(payload), line.replaceAll('|', '\\|')];
    categories.push(`[[categories]]\nid = "c${at}"\nname = { zh = ${text}, en = ${text} }\ndescription = { zh = ${text} }\n`);
    write(`zh/c${at}/p${at}.md`, `---
title: ${text}
summary: ${text}
questions: [${text}]
tags: [${text}]
related: [c${(at + 1) % PAYLOADS.length}/p${(at + 1) % PAYLOADS.length}]
order: ${at}
---
第一段 ${line} 文字

## 标题 ${line}

[连接](${line}) [连接](<${line}>) [连接](x "${line}") [${line}](https://example.com) ![图](${line}) ![${line}](x.png)

[引用][r]

[r]: ${line}

| 表 | ${inline} |
| --- | --- |
| ${inline} | 值 |

> [!NOTE]
> ${line}

\`\`\`${line}
${line}
\`\`\`

### ${line}

${payload}
`);
  });
  write('categories.toml', categories.join('\n'));
}

test('injection: there are at least 150 payloads, and each is another (B-12)', () => {
  assert.ok(PAYLOADS.length >= 150, `${PAYLOADS.length} payloads`);
  assert.equal(new Set(PAYLOADS).size, PAYLOADS.length);
});

test('injection: the watch sees what runs and what is unsafe (B-12)', async () => {
  const page = await watchedPage();
  await page.goto('/zh/');
  assert.deepEqual(await page.evaluate(findUnsafe, NAMES), []);
  await page.evaluate(() => { document.querySelector('main').innerHTML += '<img src=x onerror=alert(1)><a href="java\tscript:x">x</a>'; });
  await soon('it ran', () => page.ran.length > 0);
  const unsafe = (await page.evaluate(findUnsafe, NAMES)).join('\n');
  assert.match(unsafe, /<img> onerror/);
  assert.match(unsafe, /<a> href java/);
  // In frames, too.
  await page.route('**/bad', (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><html><head></head><body><main><svg onload=alert(1)></svg></main>' }));
  page.ran.splice(0);
  const framed = await page.evaluate(lookInFrames, { paths: ['/bad'], names: NAMES, find: findUnsafe.toString() });
  assert.match(JSON.stringify(framed), /<svg> onload/);
  assert.deepEqual(page.ran, ['alert 1']);
  await page.context().close();
});

test('injection: articles, their lists and their categories (B-12)', async () => {
  const root = folder();
  writeArticles(root);
  const base = await serve(root);
  const { facets } = await (await fetch(`${base}/api/v1/search?q=${encodeURIComponent('第一段')}`)).json();
  assert.ok(facets.lang.find(({ value }) => value === 'zh').count > PAYLOADS.length * 0.95, JSON.stringify(facets.lang));
  const paths = PAYLOADS.flatMap((_, at) => [`/zh/articles/c${at}/p${at}`, ...(at % 8 === 0 ? [`/zh/categories/c${at}`, `/en/articles/c${at}/p${at}`] : [])]);
  assert.deepEqual(await lookAt(base, [
    '/zh/', '/en/', '/zh-Hant/', ...paths,
    ...Array.from({ length: 10 }, (_, at) => `/search?q=${encodeURIComponent('第一段 alert')}&lang=zh&page=${at + 1}`),
  ]), []);
  // The box shows what articles say.
  const page = await watchedPage(base);
  await page.goto('/zh/');
  for (const q of ['第一段', 'alert', 'script', 'onerror', 'svg', 'javascript']) {
    await boxOf(page).field.fill(q);
    await soon(`hits for ${q}`, async () => (await page.locator('.jieda-more').textContent().catch(() => '')).includes(q));
    assert.deepEqual(await page.evaluate(findUnsafe, NAMES), []);
  }
  assert.deepEqual(page.ran, []);
  await page.context().close();
});

test('injection: questions and everything else in an address (B-12)', async () => {
  const text = (payload) => encodeURIComponent(payload);
  const questions = PAYLOADS.map(text).map((p) => `/search?q=${p}&lang=zh&category=${p}&tag=${p}&page=${p}`);
  const others = PAYLOADS.filter((_, at) => at % 16 === 0).map(text).flatMap((p) => [
    `/${p}`, `/zh/articles/${p}?feedback=${p}&lang=${p}`, `/${p}/`, `/zh/categories/${p}`, `/search?lang=${p}&q=2FA`, `/widget-demo?lang=${p}`,
    `/zh/articles/withdrawal/withdraw-failed?feedback=${p}`, `/zh/articles/withdrawal/withdraw-failed#${p}`,
  ]);
  assert.deepEqual(await lookAt(undefined, [...questions, ...others]), []);
});

test('injection: what is posted and what a browser sends along (B-12)', async () => {
  const wrong = [];
  for (const payload of PAYLOADS) {
    const page = await fetch(new URL('/api/v1/feedback', site()), {
      method: 'POST', redirect: 'manual', headers: { accept: 'text/html' },
      body: new URLSearchParams({ id: payload, lang: payload, helpful: payload }),
    });
    const body = await page.text();
    if (page.status < 300 || /<(img|svg|script>|iframe)/i.test(body) || /javascript:|data:/i.test(page.headers.get('location') ?? '')) wrong.push([payload, page.status, body.slice(0, 80)]);
  }
  assert.deepEqual(wrong, []);
  const found = await lookAt(undefined, ['/', '/search?q=x', '/nowhere'], {
    extraHTTPHeaders: { cookie: 'lang="><script>alert(1)</script>', 'accept-language': '"><script>alert(1)</script>', referer: 'https://x/"><script>alert(1)</script>', 'x-forwarded-host': '"><script>alert(1)</script>' },
  });
  assert.deepEqual(found, []);
});

test('injection: the box shows whatever a reply says as text (B-12)', async () => {
  const page = await watchedPage();
  let batch = [];
  await answer(page, {
    search: () => ({
      total: 3,
      did_you_mean: { text: batch[0], reading: 'typo', applied: batch.length % 2 === 0 },
      hits: batch.map((payload) => hit(payload, payload, { url: `/${payload}`, lang: payload, category: payload, matched: payload, title_spans: [[0, 3]], snippet: { text: payload, spans: [[1, 5]] } })),
    }),
    suggest: () => ({ suggestions: batch.slice(0, 3).map((payload) => ({ kind: payload, text: payload, spans: [[0, 2]], id: payload, lang: payload, url: payload })) }),
  });
  await page.goto('/zh/');
  const { field } = boxOf(page);
  let count = 0;
  for (let at = 0; at < PAYLOADS.length; at += 6) {
    batch = PAYLOADS.slice(at, at + 6);
    const q = `${at} ${batch[0]}`.slice(0, 200);
    await field.fill(q);
    await soon('the batch is shown', () => page.locator('.jieda-more').evaluateAll((all, asked) => all.some((link) => new URL(link.href).searchParams.get('q') === asked), q.trim()));
    const seen = await page.locator('.jieda-hit .jieda-title').allTextContents();
    assert.ok(seen.every((title) => batch.includes(title)), seen.join('\n'));
    count += await page.locator('.jieda-hit').count();
    assert.deepEqual(await page.evaluate(findUnsafe, NAMES), [], batch.join('\n'));
    const origins = await page.locator('[role="option"]').evaluateAll((all) => [...new Set(all.map((link) => link.origin))]);
    assert.deepEqual(origins, [new URL(page.url()).origin]);
  }
  assert.ok(count > PAYLOADS.length * 0.9, `${count} hits were shown`);
  assert.deepEqual(page.ran, []);
  await page.context().close();
});
