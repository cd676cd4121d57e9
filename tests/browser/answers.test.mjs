// What the real search answers, as pages and the box show it: nothing here is
// made up by the test but the articles of the first two tests.

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inStep } from './api.mjs';
import { ask, boxOf, inState, soon } from './field.mjs';
import { test } from './runner.mjs';
import { DESKTOP, PHONE, folder, serve, visit } from './world.mjs';

const STEPS = 24;

/** A help center for those who make coffee: a long answer and a short one, in Chinese only. */
async function coffee() {
  const root = folder();
  const write = (path, text) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const steps = Array.from({ length: STEPS }, (_, at) => `${at + 1}. 打开第 ${at + 1} 个盖子，倒掉里面的水`).join('\n');
  write('categories.toml', '[[categories]]\nid = "coffee"\nname = { zh = "咖啡", en = "Coffee" }\n');
  write('zh/coffee/clean.md', `---\ntitle: 咖啡机怎么清洗？\nsummary: 每周一次。\n---\n\n${steps}，见[磨豆机](grind.md)。\n`);
  write('zh/coffee/grind.md', '---\ntitle: 磨豆机的刀片多久更换？\nsummary: 两年。\n---\n\n两年更换一次。\n');
  write('en/coffee/cups.md', '---\ntitle: Which cups fit?\nsummary: Small ones.\n---\n\nSmall ones.\n');
  return serve(root);
}

const results = (q, lang) => `/search?q=${encodeURIComponent(q)}&lang=${lang}`;

let base;

test('answers: a long answer stands above the hits and leaves room for them', async () => {
  base ??= await coffee();
  for (const viewport of [PHONE, DESKTOP]) {
    await visit(results('咖啡机怎么清洗？', 'zh'), { base, viewport, javaScriptEnabled: false }, async (page) => {
      const answer = page.locator('section.featured');
      assert.equal(await answer.locator('h2').textContent(), '咖啡机怎么清洗？');
      assert.equal(await answer.locator('.prose > ol > li').count(), STEPS);
      const hit = await page.locator('.hits > li h2').first().boundingBox();
      const frame = await answer.boundingBox();
      assert.ok(frame.y + frame.height <= hit.y, 'the answer stands above the hits');
      assert.ok(hit.y + hit.height <= viewport.height, `the first hit ends at ${hit.y + hit.height} px`);
      // Whoever goes into it by keyboard sees all of it.
      const link = answer.locator('.prose a');
      const inFrame = () => link.evaluate((node) => node.getBoundingClientRect().bottom <= node.closest('.prose').getBoundingClientRect().bottom);
      assert.ok(!await inFrame());
      for (let at = 0; at < 40 && !await link.evaluate((node) => node === document.activeElement); at += 1) await page.keyboard.press('Tab');
      assert.ok(await inFrame());
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await page.waitForURL(/\/zh\/articles\/coffee\/clean/);
    });
  }
  await visit(results('磨豆機的刀片多久更換？', 'zh-Hant'), { base }, async (page) => {
    const answer = page.locator('section.featured');
    assert.equal(await answer.locator('h2').textContent(), '磨豆機的刀片多久更換？');
    assert.equal((await answer.locator('.prose').textContent()).trim(), '兩年更換一次。');
    assert.ok(await answer.locator('.prose').evaluate((node) => node.lastElementChild.getBoundingClientRect().bottom <= node.getBoundingClientRect().bottom), 'nothing is hidden of a short answer');
    assert.match(await answer.locator('.featured-more a').getAttribute('href'), /^\/zh-Hant\/articles\/coffee\/grind/);
  });
});

test('answers: where a language has nothing others answer, and say so (A-22)', async () => {
  base ??= await coffee();
  await visit(results('磨豆机', 'en'), { base }, async (page) => {
    assert.match(await page.locator('.hint').textContent(), /No articles in English/);
    const hit = page.locator('.hits > li').first();
    assert.equal(await hit.getAttribute('lang'), 'zh-Hans');
    assert.deepEqual(await hit.locator('.reason').allTextContents(), ['简体中文']);
    assert.equal(await hit.locator('.meta').getAttribute('lang'), 'en');
    assert.match(await hit.locator('h2 a').getAttribute('href'), /^\/zh\/articles\//);
    assert.deepEqual(await hit.locator('h2 mark').allTextContents(), ['磨豆机']);
  });
  await visit('/en/', { base }, async (page) => {
    await ask(page, '磨豆机');
    const hit = page.locator('.jieda-hit').first();
    assert.equal(await hit.getAttribute('lang'), 'zh-Hans');
    assert.deepEqual(await hit.locator('.jieda-badge').allTextContents(), ['简体中文']);
    assert.match(await hit.getAttribute('href'), /\/zh\/articles\//);
  });
  for (const [q, lang] of [['cups', 'en'], ['磨豆機', 'zh-Hant']]) {
    await visit(results(q, lang), { base }, async (page) => {
      assert.equal(await page.locator('.hits > li[lang]').count(), 0, `${lang}: it is the reader's own language`);
      assert.equal(await page.locator('.hint').count(), 0);
    });
  }
});

const REASONS = [
  ['zh', 'yanzhengma', '按拼音'],
  ['zh', 'yzm', '按首字母'],
  ['zh', '收不到验正码', '已纠正错字'],
  // The page is converted: there is nothing to explain.
  ['zh-Hant', '驗證碼', ''],
  ['zh', 'withdraw', '同义词'],
  ['en', 'withdrawl', 'Spelling corrected'],
  ['ko', 'cnfrma', '한/영 입력 보정'],
  ['ko', 'ㅊㄱ', '초성으로 찾음'],
];

test('answers: a hit says why it is there where its words do not, on the page and in the box', async () => {
  const wrong = [];
  for (const [lang, q, reason] of REASONS) {
    await visit(results(q, lang), {}, async (page) => {
      const seen = await page.locator('.hits > li').first().locator('.reason').allTextContents();
      if (seen.join() !== reason) wrong.push(`page ${lang} ${q}: ${seen}`);
      await ask(page, q);
      const shown = await page.locator('.jieda-hit').first().locator('.jieda-badge').allTextContents();
      if (shown.join() !== reason) wrong.push(`box ${lang} ${q}: ${shown}`);
    });
  }
  assert.deepEqual(wrong, []);
  await visit(results('怎么注册账户？', 'zh'), {}, async (page) => {
    assert.equal(await page.locator('.hits > li').first().locator('.reason').count(), 0, 'the words show it');
  });
});

const TYPED = [
  ['zh', 'yanzh', '验证'],
  ['zh', 'yzm', '验证码'],
  ['ko', 'ㅊㄱ', '출금'],
  ['ko', '출그', '출금'],
  ['en', 'withd', 'withd'],
  ['zh-Hant', '驗證', '驗證'],
];

test('answers: the box completes sounds, first letters and half a syllable', async () => {
  for (const [lang, typed, marked] of TYPED) {
    await visit(`/${lang}/`, { before: inStep }, async (page) => {
      await ask(page, typed);
      const suggestion = page.locator('.jieda-suggestion').first();
      assert.equal(await suggestion.locator('mark').first().textContent(), marked, `${lang} ${typed}`);
      const href = await suggestion.getAttribute('href');
      assert.match(href, new RegExp(`/${lang}/articles/`));
      // What is a hit already is not suggested once more.
      const links = await page.locator('.jieda-suggestion, .jieda-hit').evaluateAll((all) => all.map((link) => link.pathname));
      assert.equal(new Set(links).size, links.length, `${lang} ${typed}: ${links}`);
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await soon('the suggestion is followed', async () => page.url() === href || page.url());
    });
  }
});

const UNKNOWN = [
  ['zh', '咖啡机怎么清洗', '没有找到相关文章'],
  ['zh-Hant', '咖啡機怎麼清洗', '沒有找到相關文章'],
  ['en', 'espresso machine descaling', 'No articles found'],
  ['ko', '커피 머신 청소', '찾지 못했습니다'],
];

test('answers: of what the help center knows nothing it says so, and leads on (A-18)', async () => {
  for (const [lang, q, said] of UNKNOWN) {
    await visit(results(q, lang), {}, async (page) => {
      assert.equal(await page.locator('.hits, section.featured').count(), 0, `${lang} ${q}`);
      assert.ok((await page.locator('.zero h2').textContent()).includes(said), `${lang}: ${await page.locator('.zero h2').textContent()}`);
      assert.equal(await page.locator('section[aria-labelledby="popular"] a').count(), 3);
      assert.ok(await page.locator('main .contact a').isVisible());
      const { note } = boxOf(page);
      await ask(page, q, 'zero');
      await inState(page, 'zero');
      assert.ok((await note.textContent()).length > 0);
    });
  }
});
