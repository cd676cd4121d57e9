// Pages:
//
// 1. Nothing in them breaks the content security policy, fails to load, or comes from elsewhere.
// 2. They work without scripts.
// 3. They fit 320 px and 200%, and take the reader's colors, motion and paper.

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { boxOf, soon } from './field.mjs';
import { KINDS, OWN_STATUS } from './places.mjs';
import { test } from './runner.mjs';
import { DESKTOP, LANGS, PHONE, ROOT, folder, newPage, serve, site, visit } from './world.mjs';

/** Opens every kind of page in every language, and runs `check` in it. */
async function everywhere(options, check, langs = LANGS) {
  const page = await newPage(options);
  const wrong = [];
  try {
    for (const lang of langs) {
      for (const { kind, path, status = 200 } of KINDS) {
        const reply = await page.goto(path(lang));
        if (reply.status() !== status) wrong.push(`${kind} ${lang}: status ${reply.status()}`);
        const finding = await check(page, kind);
        if (finding?.length > 0) wrong.push(`${kind} ${lang}: ${JSON.stringify(finding)}`);
      }
    }
    wrong.push(...page.wrongs.filter((text) => !OWN_STATUS.test(text)));
  } finally {
    await page.context().close();
  }
  assert.deepEqual(wrong, []);
}

test('pages: no violation of the policy, no error, nothing from elsewhere (A-28, A-29)', async () => {
  await everywhere({}, (page) => page.evaluate((origin) => {
    const loaded = performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => !name.startsWith(origin));
    const attributes = [...document.querySelectorAll('*')].flatMap((node) => [...node.attributes].map(({ name }) => `${node.tagName} ${name}`));
    return [...window.violations, ...loaded, ...attributes.filter((name) => / (style|on.*)$/.test(name))];
  }, site()));
});

test('pages: the watch for violations sees one', async () => {
  await visit('/zh/', { allow: /Content Security Policy/ }, async (page) => {
    await page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'window.ran = true';
      document.body.append(script);
    });
    await soon('it is seen', async () => (await page.evaluate(() => window.violations)).join() === 'script-src-elem inline');
    assert.equal(await page.evaluate(() => window.ran), undefined);
    assert.ok(page.wrongs.some((text) => text.includes('Content Security Policy')));
  });
});

test('pages: without scripts the form finds what the API finds (A-01)', async () => {
  const page = await newPage({ javaScriptEnabled: false });
  await page.goto('/zh/');
  await page.locator('input[name="q"]').fill('提现');
  await page.locator('jieda-search button[type="submit"]').click();
  await page.waitForURL(/\/search\?/);
  const without = await page.locator('.hits > li h2').allTextContents();
  await page.context().close();
  const reply = await fetch(`${site()}/api/v1/search?q=${encodeURIComponent('提现')}&lang=zh`);
  const { hits } = await reply.json();
  assert.equal(hits.length, 10);
  assert.deepEqual(without.map((title) => title.trim()), hits.map(({ title }) => title));
});

test('pages: without scripts nothing is shown that needs them (A-01)', async () => {
  await everywhere({ javaScriptEnabled: false }, (page) => page.locator('[data-script-only]:visible, .jieda-popup, button[type="button"]:visible').evaluateAll(
    (all) => all.map((node) => node.outerHTML.slice(0, 120)),
  ), ['zh', 'en']);
});

test('pages: nothing is wider than 320 px, at 200% or in any language (A-13)', async () => {
  for (const options of [{ viewport: { width: 320, height: 640 } }, { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 }]) {
    await everywhere(options, (page) => page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      if (scrollWidth <= clientWidth) return [];
      return [...document.querySelectorAll('body *')].filter((node) => node.getBoundingClientRect().right > clientWidth + 1).map((node) => `${node.tagName}.${node.className}`).slice(0, 5);
    }));
  }
});

test('pages: the open box is not wider than 320 px (A-13)', async () => {
  for (const path of ['/zh/', '/ko/articles/withdrawal/withdraw-failed']) {
    await visit(path, { viewport: { width: 320, height: 640 } }, async (page) => {
      const { field, popup } = boxOf(page);
      await field.click();
      await field.pressSequentially('2FA');
      await soon('it is open', () => popup.isVisible());
      const { scrollWidth, clientWidth } = await page.evaluate(() => document.documentElement);
      assert.ok(!(scrollWidth > clientWidth));
      const frame = await popup.boundingBox();
      assert.ok(frame.x >= 0 && frame.x + frame.width <= 320, JSON.stringify(frame));
    });
  }
});

test('pages: light and dark follow the system, and the reader where they chose (A-13)', async () => {
  const background = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const lightness = (color) => Number(/\d+/.exec(color)[0]);
  for (const [system, isLight] of [['light', true], ['dark', false]]) {
    await visit('/zh/', { colorScheme: system }, async (page) => {
      assert.equal(lightness(await background(page)) > 128, isLight, await background(page));
      const other = isLight ? 'dark' : 'light';
      const button = page.locator(`button[data-theme-choice="${other}"]`);
      await button.click();
      assert.equal(await button.getAttribute('aria-pressed'), 'true');
      assert.equal(lightness(await background(page)) > 128, !isLight);
      // The choice is on before anything is drawn.
      await page.addInitScript(() => {
        window.painted = [];
        new PerformanceObserver(() => window.painted.push(document.documentElement.dataset.theme)).observe({ type: 'paint', buffered: true });
      });
      await page.goto('/zh/categories/withdrawal');
      await soon('something is painted', async () => (await page.evaluate(() => window.painted.length)) > 0);
      assert.deepEqual([...new Set(await page.evaluate(() => window.painted))], [other]);
      assert.equal(lightness(await background(page)) > 128, !isLight);
      await page.locator('button[data-theme-choice="system"]').click();
      assert.equal(lightness(await background(page)) > 128, isLight);
    });
  }
});

test('pages: nothing moves for readers who do not want that (A-13)', async () => {
  await everywhere({ reducedMotion: 'reduce' }, (page) => page.evaluate(() => {
    const moving = [...document.querySelectorAll('*')].filter((node) => {
      const { animationName, transitionDuration, scrollBehavior } = getComputedStyle(node);
      return animationName !== 'none' || transitionDuration.split(',').some((time) => parseFloat(time) > 0.01) || scrollBehavior === 'smooth';
    });
    return moving.map((node) => `${node.tagName}.${node.className}`).slice(0, 5);
  }), ['zh']);
});

test('pages: with forced colors the choice in the list can be seen (A-13)', async () => {
  await visit('/zh/', { forcedColors: 'active' }, async (page) => {
    const { field, options } = boxOf(page);
    await field.click();
    await field.pressSequentially('提现');
    await options.first().waitFor();
    await page.keyboard.press('ArrowDown');
    const outlines = await options.evaluateAll((all) => all.map((node) => getComputedStyle(node).outlineStyle));
    assert.equal(outlines[0], 'solid');
    assert.ok(outlines.slice(1).every((style) => style === 'none'), outlines);
    const bars = await options.evaluateAll((all) => all.map((node) => getComputedStyle(node).borderInlineStartColor));
    assert.notEqual(bars[0], bars[1]);
    const paper = await page.locator('.jieda-popup').evaluate((node) => getComputedStyle(node).backgroundColor);
    assert.equal(bars[1], paper, 'the bar of what is not chosen is not seen');
    const button = await page.locator('.search button[type="submit"]').evaluate((node) => getComputedStyle(node).borderTopStyle);
    assert.equal(button, 'solid');
  });
});

test('pages: on paper there are texts and addresses, no controls (A-13)', async () => {
  await visit('/zh/articles/withdrawal/withdraw-failed', {}, async (page) => {
    await page.emulateMedia({ media: 'print' });
    for (const selector of ['header form', 'form.feedback', '.theme']) {
      assert.ok(!await page.locator(selector).first().isVisible(), `${selector} is printed`);
    }
    assert.ok(await page.locator('article.prose').isVisible());
    // An address without its host would lead nobody anywhere.
    const shown = await page.evaluate(() => {
      const link = document.querySelector('article.prose a[href^="/"]');
      const own = getComputedStyle(link, '::after').content;
      link.setAttribute('href', 'https://example.com/');
      return [own, getComputedStyle(link, '::after').content];
    });
    assert.equal(shown[0], 'none');
    assert.match(shown[1], /https:|attr/);
  });
  await visit('/search?q=2FA&lang=zh', {}, async (page) => {
    await page.emulateMedia({ media: 'print' });
    for (const selector of ['nav.filter', 'nav.paging', 'section.contact']) {
      assert.ok(!await page.locator(selector).first().isVisible(), `${selector} is printed`);
    }
  });
});

test('pages: a result leads to its heading, which is in view (A-16)', async () => {
  await visit('/search?q=%E6%89%8B%E6%9C%BA%E4%B8%A2%E4%BA%86&lang=zh', {}, async (page) => {
    const link = page.locator('.hits h2 a[href*="#h-"]').first();
    await link.click();
    await page.waitForURL(/#h-/);
    const id = decodeURIComponent(await page.evaluate(() => window.location.hash.slice(1)));
    const top = () => page.locator(`[id="${id}"]`).evaluate((node) => node.getBoundingClientRect().top);
    // The browser may go on to the words that answer, which stand below the heading.
    await soon('the page has moved to it', async () => {
      const at = await top();
      return (at < 800 && await page.evaluate(() => window.scrollY > 0)) || at;
    });
    // Without them the heading itself is in view, and not cut off.
    await page.goto(`${new URL(page.url()).pathname}#${encodeURIComponent(id)}`);
    await page.reload();
    await soon('the heading is in view', async () => {
      const at = await top();
      return (at >= 0 && at < 700) || at;
    });
    const ids = await page.evaluate(() => [...document.querySelectorAll('[id]')].map((node) => node.id));
    assert.equal(new Set(ids).size, ids.length, 'an id twice');
  });
});

test('pages: the link of a heading is copied, and says so (A-19)', async () => {
  await visit('/en/articles/withdrawal/withdraw-failed', { permissions: ['clipboard-read', 'clipboard-write'] }, async (page) => {
    const link = page.locator('a.section-link').first();
    await link.click();
    await soon('it says so', async () => (await link.getAttribute('data-copied')) === 'Copied');
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), await link.evaluate((node) => node.href));
    assert.equal(await page.locator('body > .jieda-live').textContent(), 'Copied');
    assert.match(page.url(), /#h-/, 'it is a link still');
  });
});

test('pages: feedback is sent without leaving the page, and without scripts by a form (A-19)', async () => {
  await visit('/zh/articles/withdrawal/withdraw-failed', {}, async (page) => {
    const form = page.locator('form[data-feedback]');
    const [request] = await Promise.all([
      page.waitForRequest((sent) => sent.method() === 'POST'),
      form.locator('button').first().click(),
    ]);
    assert.match(request.postData(), /helpful=yes/);
    assert.ok((await request.response()).ok());
    await soon('thanks are given', async () => (await form.locator('[role="status"]').textContent()).length > 0);
    assert.equal(await form.locator('button:visible').count(), 0);
    assert.match(page.url(), /withdraw-failed$/);
  });
  await visit('/zh/articles/withdrawal/withdraw-failed', { allow: /Failed to load/ }, async (page) => {
    const form = page.locator('form[data-feedback]');
    await page.route('**/api/v1/feedback', (route) => route.abort());
    await form.locator('button').last().click();
    await soon('it says that it failed', async () => (await form.locator('[role="status"]').textContent()).length > 0);
    assert.ok(await form.locator('button').last().isEnabled(), 'it can be tried again');
  });
  await visit('/zh/articles/withdrawal/withdraw-failed', { javaScriptEnabled: false }, async (page) => {
    await page.locator('form[data-feedback] button').last().click();
    await page.waitForURL(/feedback=no/);
    assert.ok(await page.locator('#feedback').isVisible());
  });
});

test('pages: beside the links of an operator there is room for the field and its list', async () => {
  const config = join(folder(), 'jieda.toml');
  const links = ['交易所首页', '系统状态', '下载应用'].map((name) => `[[header_links]]\nname = { zh = "${name}" }\nurl = "https://example.com/"\n`);
  writeFileSync(config, `site_name = "火币全球站帮助中心"\n${links.join('')}`);
  const base = await serve(join(ROOT, 'articles'), { JIEDA_CONFIG: config });
  for (const width of [960, 1024, 1200, 1280, 1440]) {
    await visit('/zh/categories/withdrawal', { base, viewport: { width, height: 800 } }, async (page) => {
      const { field, popup, options } = boxOf(page);
      await field.click();
      await field.pressSequentially('提币');
      await options.first().waitFor();
      const [form, list] = [await page.locator('.search').boundingBox(), await popup.boundingBox()];
      assert.ok(form.width >= 288, `${width}: a field of ${form.width} px`);
      assert.ok(list.width >= 384 && list.x + list.width <= width, `${width}: a list of ${list.width} px`);
      const lines = new Set(await page.locator('.site-links a').evaluateAll((all) => all.map((node) => node.offsetTop)));
      assert.equal(lines.size, 1, `${width}: the links stand in ${lines.size} lines`);
    });
  }
});

test('pages: feedback that says no is answered as such, and keeps the focus and its place', async () => {
  await visit('/en/articles/withdrawal/withdraw-failed', {}, async (page) => {
    const form = page.locator('form[data-feedback]');
    const height = () => form.evaluate((node) => node.getBoundingClientRect().height);
    const before = await height();
    await form.locator('button[value="no"]').press('Enter');
    const status = form.locator('[role="status"]');
    await soon('it is answered', async () => /improve this article/.test(await status.textContent()) || status.textContent());
    assert.ok(await status.evaluate((node) => node === document.activeElement), 'the focus is on the answer');
    assert.equal(await height(), before);
  });
});

test('pages: a table is aligned as its author says, within our own policy', async () => {
  const root = folder();
  mkdirSync(join(root, 'zh', 'fees'), { recursive: true });
  writeFileSync(join(root, 'zh', 'fees', 'fees.md'), '# 手续费\n\n| 币种 | 数量 | 状态 |\n| --- | ---: | :---: |\n| USDT | 10 | 好 |\n');
  const base = await serve(root);
  await visit('/zh/articles/fees/fees', { base }, async (page) => {
    const sides = await page.locator('article.prose td').evaluateAll((all) => all.map((node) => getComputedStyle(node).textAlign));
    assert.deepEqual(sides, ['start', 'end', 'center']);
    assert.deepEqual(await page.evaluate(() => window.violations), []);
  });
});

test('pages: an article has what a reader expects (A-19)', async () => {
  for (const viewport of [PHONE, DESKTOP]) {
    await visit('/zh/articles/withdrawal/withdraw-failed', { viewport }, async (page) => {
      for (const [what, selector] of [
        ['breadcrumb', 'nav.breadcrumb a'], ['date', 'time[datetime]'], ['feedback', 'form[data-feedback] button'],
        ['section link', 'a.section-link'], ['related articles', 'section[aria-labelledby="related"] a'],
      ]) assert.ok(await page.locator(selector).first().isVisible(), what);
      assert.ok(await page.locator('a[hreflang="en"]').count() > 0, 'language switch');
    });
  }
});
