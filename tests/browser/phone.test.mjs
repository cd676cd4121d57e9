// Phones: the search is part of the page, everything can be reached above the keyboard,
// and fingers find what they aim at.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { answer, hits } from './api.mjs';
import { ask, boxOf, soon } from './field.mjs';
import { KINDS } from './places.mjs';
import { test } from './runner.mjs';
import { ROOT, newPage, phone, serve, visit } from './world.mjs';

const SMALL = { width: 360, height: 740 };
const WITH_KEYBOARD = { width: 390, height: 400 };

test('phone: the last result can be reached above the keyboard (A-12)', async () => {
  const found = hits(6).map((one) => ({ ...one, snippet: { text: '一段比较长的正文，'.repeat(6), spans: [] } }));
  for (const path of ['/zh/', '/zh/articles/withdrawal/withdraw-failed', '/search?q=zzqq&lang=zh']) {
    await visit(path, { ...phone, before: (page) => answer(page, { search: () => ({ hits: found }) }) }, async (page) => {
      await ask(page, '提现');
      await page.setViewportSize(WITH_KEYBOARD);
      const fixed = await page.locator('input[name="q"]').evaluateAll((all) => all.flatMap((node) => {
        const around = [];
        for (let at = node; at; at = at.parentElement) if (['fixed', 'sticky'].includes(getComputedStyle(at).position)) around.push(at.tagName);
        return around;
      }));
      assert.deepEqual(fixed, [], 'the field floats');
      const last = page.locator('[role="option"]').last();
      // By the page's own scrolling: no list within the list.
      const inner = await boxOf(page).popup.evaluate((node) => node.scrollHeight - node.clientHeight);
      assert.ok(inner <= 1, `the popup scrolls by ${inner} px of its own`);
      await page.evaluate(() => window.scrollTo({ top: document.documentElement.scrollHeight, behavior: 'instant' }));
      const bottom = await last.evaluate((node) => node.getBoundingClientRect().bottom);
      assert.ok(bottom <= WITH_KEYBOARD.height, `the last result ends at ${bottom}`);
      await last.scrollIntoViewIfNeeded();
      await last.tap();
      await page.waitForURL(/\/search\?q=%E6%8F%90%E7%8E%B0/);
    });
  }
});

test('phone: letters of fields are large enough that nothing zooms (A-12)', async () => {
  const page = await newPage(phone);
  for (const { path } of KINDS) {
    await page.goto(path('zh'));
    const sizes = await page.locator('input:visible, select:visible, textarea:visible').evaluateAll((all) => all.map((node) => parseFloat(getComputedStyle(node).fontSize)));
    assert.ok(sizes.every((size) => size >= 16), `${path('zh')}: ${sizes}`);
  }
  await page.context().close();
});

test('phone: targets are 24 px, what matters most 44 px (A-12)', async () => {
  const page = await newPage({ ...phone, locale: 'en' });
  const small = [];
  for (const { kind, path } of KINDS) {
    for (const lang of ['zh', 'en']) {
      await page.goto(path(lang));
      small.push(...await page.evaluate((name) => {
        const isShown = (node) => node.checkVisibility({ visibilityProperty: true, opacityProperty: true });
        const targets = [...document.querySelectorAll('a[href], button, input:not([type="hidden"]), summary')].filter(isShown);
        // Links within sentences are exempt (WCAG 2.5.8), and so is what is only shown when focused.
        const isInline = (node) => getComputedStyle(node).display === 'inline' && node.closest('p, td, li, .prose, blockquote') !== null;
        return targets.filter((node) => !isInline(node) && !node.matches('.skip')).flatMap((node) => {
          const { width, height } = node.getBoundingClientRect();
          const least = node.matches('jieda-search input, jieda-search button, .jieda-opener, form[data-feedback] button') ? 44 : 24;
          return height + 0.5 < least || width + 0.5 < 24 ? [`${name}: ${node.tagName}.${node.className} "${node.textContent.trim().slice(0, 20)}" ${Math.round(width)}×${Math.round(height)}`] : [];
        });
      }, kind));
    }
  }
  await page.context().close();
  assert.deepEqual([...new Set(small)], []);
});

test('phone: options are 44 px high, and a tap follows them (A-12)', async () => {
  await visit('/ko/', { ...phone, before: (page) => answer(page, { search: () => ({ hits: hits(3) }) }) }, async (page) => {
    await ask(page, '출금');
    const heights = await page.locator('[role="option"]').evaluateAll((all) => all.map((node) => node.getBoundingClientRect().height));
    assert.ok(heights.every((height) => height >= 40), heights);
    const href = await page.locator('[role="option"]').last().evaluate((node) => node.href);
    await page.locator('[role="option"]').last().tap();
    await soon('the page is left', () => page.url() === href);
  });
});

let branded;

test('phone: a long name leaves the header whole, and large letters the field (A-12)', async () => {
  branded ??= await serve(join(ROOT, 'articles'), { JIEDA_SITE_NAME: 'Extraordinarily 火币全球站帮助中心 Help Center' });
  for (const letters of [16, 32]) {
    for (const [lang, typed] of [['zh', '提币'], ['en', 'withdraw']]) {
      for (const path of [`/${lang}/`, `/${lang}/categories/withdrawal`]) {
        const before = async (page) => {
          const browser = await page.context().newCDPSession(page);
          await browser.send('Page.setFontSizes', { fontSizes: { standard: letters, fixed: letters } });
        };
        await visit(path, { ...phone, viewport: SMALL, base: branded, before }, async (page) => {
          const where = `${path} at ${letters} px`;
          const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
          assert.ok(wide <= 0, `${where}: ${wide} px too wide`);
          const [name, menu] = await page.evaluate(() => ['.brand', '.menu'].map((part) => document.querySelector(part).getBoundingClientRect().toJSON()));
          const isApart = name.right <= menu.left || name.top >= menu.bottom || menu.top >= name.bottom;
          assert.ok(isApart, `${where}: the name ${JSON.stringify(name)} runs over the menu ${JSON.stringify(menu)}`);
          const { field } = boxOf(page);
          await field.click();
          await page.keyboard.type(typed);
          assert.equal(await field.inputValue(), typed, where);
          // Room for four Chinese characters at least.
          const room = await field.evaluate((node) => {
            const { paddingLeft, paddingRight } = getComputedStyle(node);
            return node.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
          });
          assert.ok(room >= 4 * letters, `${where}: ${room} px for letters`);
        });
      }
    }
  }
});
