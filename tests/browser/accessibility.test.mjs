// axe finds nothing: every kind of page and every state of the box, in four languages,
// light and dark, on a phone and on a desk.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { NEVER, answer, hits } from './api.mjs';
import { ask } from './field.mjs';
import { KINDS } from './places.mjs';
import { test } from './runner.mjs';
import { DESKTOP, LANGS, PHONE, newPage } from './world.mjs';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const LOOKS = [PHONE, DESKTOP].flatMap((viewport) => ['light', 'dark'].map((colorScheme) => ({ viewport, colorScheme })));

/** What axe says about a page, or a part of it, in all its looks. */
async function violations(page, what, part = 'html') {
  const found = [];
  for (const { viewport, colorScheme } of LOOKS) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme });
    const results = await page.evaluate(([context, tags]) => window.axe.run(context, { runOnly: tags, resultTypes: ['violations'], preload: false }), [part, TAGS]);
    for (const { id, nodes } of results.violations) {
      found.push(`${what}, ${viewport.width} px, ${colorScheme}: ${id}: ${nodes.map(({ target, failureSummary }) => `${target} ${failureSummary}`).slice(0, 2).join(' | ')}`);
    }
  }
  return found;
}

async function axePage(options) {
  // Colors in the middle of a transition are nobody's.
  const page = await newPage({ reducedMotion: 'reduce', ...options });
  await page.addInitScript({ path: AXE });
  return page;
}

let scans = 0;

test('accessibility: axe finds something where there is something', async () => {
  const page = await axePage();
  await page.goto('/zh/');
  await page.evaluate(() => {
    const button = document.createElement('button');
    button.style.cssText = 'color:#aaa;background:#fff';
    document.body.append(button, Object.assign(document.createElement('p'), { textContent: 'low contrast', style: 'color:#ccc;background:#fff' }));
  });
  const found = (await violations(page, 'broken')).join('\n');
  assert.match(found, /button-name/);
  assert.match(found, /color-contrast/);
  await page.context().close();
});

for (const lang of LANGS) {
  test(`accessibility: all pages, ${lang} (A-10)`, async () => {
    const found = [];
    const open = [...KINDS];
    await Promise.all([0, 1].map(async () => {
      const page = await axePage({ locale: lang });
      for (let next = open.shift(); next; next = open.shift()) {
        await page.goto(next.path(lang));
        found.push(...await violations(page, `${next.kind} ${lang}`));
        scans += LOOKS.length;
      }
      await page.context().close();
    }));
    assert.deepEqual(found, []);
  });
}

test('accessibility: the box in every state, and the widget (A-10)', async () => {
  const suggestions = [{ kind: 'query', text: '提现失败', spans: [[0, 2]], lang: 'zh' }];
  const search = (q) => {
    if (q === '错') return { status: 503 };
    if (q === '无') return { hits: [] };
    return { hits: [...hits(2, q), { ...hits(1)[0], id: 'x', lang: 'en', url: '/en/articles/x', matched: 'pinyin' }], did_you_mean: { text: '提币', reading: 'typo', applied: false }, after: q === '慢' ? NEVER : undefined };
  };
  const found = [];
  const page = await axePage();
  await answer(page, { search, suggest: (q) => ({ suggestions: q === '提现' ? suggestions : [] }) });
  for (const lang of LANGS) {
    const rare = ['zh', 'ko'].includes(lang) ? [['无', 'zero'], ['错', 'error'], ['慢', 'loading']] : [];
    for (const [q, state] of [['提现', 'results'], ...rare]) {
      await page.goto(`/${lang}/`);
      await ask(page, q, state);
      await page.keyboard.press('ArrowDown');
      found.push(...await violations(page, `box ${state} ${lang}`, 'jieda-search'));
      scans += LOOKS.length;
    }
  }
  for (const lang of LANGS) {
    await page.goto(`/widget-demo?lang=${lang}`);
    await page.locator('.jieda-opener').click();
    await page.keyboard.type('提现');
    await page.locator('[role="option"]').first().waitFor();
    await page.keyboard.press('ArrowDown');
    found.push(...await violations(page, `panel ${lang}`, 'jieda-search'));
    scans += LOOKS.length;
  }
  await page.context().close();
  assert.deepEqual(found, []);
  console.log(`        ${scans} scans`);
});
