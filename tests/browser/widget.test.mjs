// The widget on somebody else's page: another origin, with a policy of its own that allows no
// styles and nothing but the help center.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { answer, hits, searches } from './api.mjs';
import { pause, soon } from './field.mjs';
import { test } from './runner.mjs';
import { PHONE, ROOT, phone, serve, visit, whenDone } from './world.mjs';

let world;

/** A shop with the widget, and the help center that knows it. */
async function shop() {
  if (world) return world;
  const server = createServer((request, response) => {
    const url = new URL(request.url, 'http://shop.example');
    const style = url.searchParams.has('styled') ? "'unsafe-inline'" : "'none'";
    const policy = `default-src 'none'; img-src 'self'; script-src ${world.help}; connect-src ${world.help}; style-src ${style}; form-action ${world.help}`;
    response.setHeader('content-security-policy', policy);
    response.setHeader('content-type', 'text/html; charset=utf-8');
    if (url.pathname !== '/') response.statusCode = 204;
    response.end(`<!doctype html><html lang="de"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Shop</title>
      <script type="module" src="${world.help}/widget.js"></script>
      <h1>Shop</h1><button id="own">Own button</button> <jieda-search ${url.searchParams.get('with') ?? ''}><a href="${world.help}">Help</a></jieda-search>`);
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  whenDone(() => server.close());
  const origin = `http://127.0.0.1:${server.address().port}`;
  world = { origin };
  world.help = await serve(join(ROOT, 'articles'), { JIEDA_ALLOWED_ORIGINS: origin });
  return world;
}

/** The parts of the widget in a page; locators look into shadow roots. */
function widgetOf(page) {
  return {
    opener: page.locator('.jieda-opener'),
    panel: page.locator('dialog.jieda-panel'),
    field: page.locator('.jieda-field'),
    options: page.locator('[role="option"]'),
    close: page.locator('.jieda-close'),
    state: () => page.locator('.jieda-popup').getAttribute('data-state'),
  };
}

/** Visits the shop with a widget that has these attributes. */
async function visitShop(attributes, options, act) {
  const { origin } = await shop();
  await visit(`${origin}/?with=${encodeURIComponent(attributes)}`, options, async (page) => {
    await widgetOf(page).opener.waitFor();
    await act(page, widgetOf(page));
  });
}

test('widget: a button opens a panel that searches the help center of another origin', async () => {
  await visitShop('lang="zh"', {}, async (page, { opener, panel, field, options, state }) => {
    assert.equal((await opener.textContent()).trim(), '帮助');
    assert.ok(!await panel.isVisible());
    await opener.click();
    assert.ok(await panel.isVisible());
    assert.ok(await field.evaluate((node) => node.getRootNode().activeElement === node), 'the field has the focus');
    await page.keyboard.type('提现失败');
    await soon('there are hits', async () => (await state()) === 'results');
    const links = await options.evaluateAll((all) => all.map((link) => [link.origin, link.target, link.rel]));
    for (const link of links) assert.deepEqual(link, [world.help, '_blank', 'noopener']);
    assert.ok(links.length >= 5);
    const [opened] = await Promise.all([page.context().waitForEvent('page'), (async () => {
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
    })()]);
    await opened.waitForLoadState();
    assert.match(opened.url(), /\/zh\/articles\//);
    assert.equal(await page.evaluate(() => document.querySelector('jieda-search').shadowRoot.adoptedStyleSheets.length), 1);
  });
});

test('widget: Escape clears, then closes, and gives the focus back', async () => {
  await visitShop('lang="en"', {}, async (page, { opener, panel, field, options, close, state }) => {
    await opener.click();
    await page.keyboard.type('withdraw');
    await soon('there are hits', async () => (await state()) === 'results');
    await page.keyboard.press('Escape');
    assert.equal(await field.inputValue(), '');
    assert.ok(await panel.isVisible());
    assert.equal(await state(), 'idle');
    await page.keyboard.press('Escape');
    await soon('it is closed', async () => !await panel.isVisible());
    assert.ok(await opener.evaluate((node) => node.getRootNode().activeElement === node), 'the button has the focus again');
    await opener.click();
    await page.keyboard.type('withdraw');
    await soon('there are hits', async () => (await state()) === 'results');
    await close.click();
    assert.ok(!await panel.isVisible());
    await opener.click();
    assert.ok(await options.first().isVisible(), 'what was found is still there');
    await page.mouse.click(5, 5);
    await soon('a press beside it closes it', async () => !await panel.isVisible());
  });
});

test('widget: Escape of an input method neither clears nor closes (A-02)', async () => {
  await visitShop('lang="zh"', {}, async (page, { opener, panel, field }) => {
    await opener.click();
    const browser = await page.context().newCDPSession(page);
    await browser.send('Input.insertText', { text: '提现' });
    await browser.send('Input.imeSetComposition', { text: 'shi', selectionStart: 3, selectionEnd: 3 });
    for (const code of [229, 27]) {
      await browser.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', key: 'Escape', code: 'Escape', windowsVirtualKeyCode: code });
      await browser.send('Input.dispatchKeyEvent', { type: 'keyUp', key: 'Escape', code: 'Escape', windowsVirtualKeyCode: code });
    }
    await pause(200);
    assert.ok(await panel.isVisible());
    assert.equal(await field.inputValue(), '提现shi');
  });
});

test('widget: language, category, label, target and shortcut are attributes', async () => {
  await visitShop('lang="ko" category="withdrawal" label="질문하기" target="_self" shortcut="/"', {}, async (page, { opener, panel, field, state }) => {
    assert.equal((await opener.textContent()).trim(), '질문하기');
    const asked = await answer(page, { search: (q) => ({ hits: hits(2, q) }) });
    await page.keyboard.press('/');
    assert.ok(await panel.isVisible());
    await page.keyboard.type('출금');
    await soon('there are hits', async () => (await state()) === 'results');
    assert.deepEqual(searches(asked), ['출금']);
    const { searchParams } = asked.find(({ path }) => path === 'search').url;
    assert.equal(searchParams.get('lang'), 'ko');
    assert.equal(searchParams.get('category'), 'withdrawal');
    const more = new URL(await page.locator('.jieda-more').evaluate((link) => link.href));
    assert.equal(more.searchParams.get('category'), 'withdrawal');
    assert.equal(await page.locator('.jieda-more').getAttribute('target'), '_self');
    assert.equal(await field.getAttribute('aria-label'), '도움말 검색');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/search\?/);
    const { searchParams: sent, origin } = new URL(page.url());
    assert.equal(origin, world.help);
    assert.deepEqual([sent.get('q'), sent.get('lang'), sent.get('category')], ['출금', 'ko', 'withdrawal']);
  });
});

test('widget: the language of the page around counts, and one that is changed', async () => {
  await visitShop('', {}, async (page, { opener }) => {
    assert.equal((await opener.textContent()).trim(), 'Help');
    await page.locator('jieda-search').evaluate((element) => { element.lang = 'zh-TW'; });
    await soon('it is Traditional', async () => (await opener.textContent()).trim() === '說明');
    assert.equal(await opener.count(), 1);
    await page.locator('jieda-search').evaluate((element) => element.remove());
    assert.equal(await page.locator('dialog').count(), 0);
  });
});

test('widget: it is colored from outside by custom properties, and by nothing else', async () => {
  const { origin } = await shop();
  await visit(`${origin}/?styled=1&with=lang="en"`, {}, async (page) => {
    const { opener } = widgetOf(page);
    await opener.waitFor();
    await page.evaluate(() => {
      const style = document.createElement('style');
      style.textContent = 'button { background: red !important; font-size: 40px !important } a { color: red !important } jieda-search { --jieda-accent: rgb(1, 2, 3); --jieda-radius: 0px }';
      document.head.append(style);
    });
    const shown = await opener.evaluate((node) => {
      const { backgroundColor, fontSize, borderTopLeftRadius } = getComputedStyle(node);
      return [backgroundColor, fontSize, borderTopLeftRadius];
    });
    assert.deepEqual(shown, ['rgb(1, 2, 3)', '16px', '0px']);
    assert.equal(await page.locator('#own').evaluate((node) => getComputedStyle(node).backgroundColor), 'rgb(255, 0, 0)');
  });
});

test('widget: before anything is asked it shows the topics', async () => {
  await visitShop('lang="zh-Hant"', {}, async (page, { opener, panel, state }) => {
    await opener.click();
    const topics = panel.locator('.jieda-topics a');
    await topics.first().waitFor();
    const links = await topics.evaluateAll((all) => all.map((link) => [link.origin, link.pathname, link.target]));
    assert.ok(links.length > 5, links);
    assert.deepEqual(links[0], [world.help, '/zh-Hant/categories/account', '_blank']);
    assert.equal(await topics.first().textContent(), '帳戶與登入');
    await page.keyboard.type('提幣');
    await soon('there are hits', async () => (await state()) === 'results');
    assert.ok(!await topics.first().isVisible(), 'the answers have the room');
  });
  await visitShop('lang="zh" category="withdrawal"', {}, async (page, { opener, panel, state }) => {
    const asked = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await opener.click();
    await page.keyboard.type('提币');
    await soon('there are hits', async () => (await state()) === 'results');
    assert.ok(asked.length > 0 && !asked.includes('/api/v1/categories'), 'one that has a topic offers no others');
    assert.equal(await panel.locator('.jieda-topics a').count(), 0);
  });
});

test('widget: it inherits nothing from the page around', async () => {
  const { origin } = await shop();
  await visit(`${origin}/?styled=1&with=lang="en"`, {}, async (page) => {
    const { opener, panel } = widgetOf(page);
    await opener.waitFor();
    await page.evaluate(() => {
      const style = document.createElement('style');
      style.textContent = '* { letter-spacing: 5px; text-transform: uppercase; text-align: center; font-family: monospace } body { text-indent: 40px; line-height: 4; font-style: italic; word-spacing: 9px; white-space: pre; cursor: wait }';
      document.head.append(style);
    });
    await opener.click();
    for (const part of [opener, panel.locator('.jieda-home'), panel.locator('.jieda-field')]) {
      const shown = await part.evaluate((node) => {
        const { letterSpacing, textTransform, textIndent, fontStyle, wordSpacing } = getComputedStyle(node);
        return [letterSpacing, textTransform, textIndent, fontStyle, wordSpacing];
      });
      assert.deepEqual(shown, ['normal', 'none', '0px', 'normal', '0px']);
    }
    const home = await panel.locator('.jieda-home').evaluate((node) => {
      const { textAlign, fontFamily, whiteSpace } = getComputedStyle(node);
      return [textAlign, fontFamily.includes('monospace'), whiteSpace];
    });
    assert.deepEqual(home, ['start', false, 'normal']);
    await page.evaluate(() => { document.body.style.visibility = 'hidden'; });
    assert.ok(!await opener.isVisible(), 'what hides the page hides it, too');
  });
});

test('widget: it has the accent color of the help center', async () => {
  const { help } = await shop();
  const red = await serve(join(ROOT, 'articles'), { JIEDA_ACCENT_COLOR: '#b00020' });
  for (const [base, color] of [[help, 'rgb(15, 107, 92)'], [red, 'rgb(176, 0, 32)']]) {
    await visit('/widget-demo?lang=en', { base }, async (page) => {
      const { opener } = widgetOf(page);
      await opener.waitFor();
      assert.equal(await opener.evaluate((node) => getComputedStyle(node).backgroundColor), color);
    });
  }
});

test('widget: the theme can be fixed, and the corner is a place', async () => {
  for (const [attributes, isDark] of [['lang="en"', true], ['lang="en" theme="light" corner', false]]) {
    await visitShop(attributes, { colorScheme: 'dark' }, async (page, { opener, panel }) => {
      await opener.click();
      const [light] = /\d+/.exec(await panel.evaluate((node) => getComputedStyle(node).backgroundColor));
      assert.equal(Number(light) < 128, isDark);
      if (attributes.includes('corner')) {
        const { x, y, width, height } = await opener.boundingBox();
        assert.ok(x + width > 1280 - 40 && y + height > 800 - 40, `${x} ${y}`);
      }
    });
  }
});

test('widget: an origin that the help center does not know gets an error, not a broken page', async () => {
  const { help } = await shop();
  const other = createServer((request, response) => {
    if (request.url !== '/') response.statusCode = 204;
    response.setHeader('content-type', 'text/html');
    response.end(`<!doctype html><title>x</title><script type="module" src="${help}/widget.js"></script><jieda-search lang="en"></jieda-search>`);
  });
  await new Promise((resolve) => { other.listen(0, '127.0.0.1', resolve); });
  whenDone(() => other.close());
  await visit(`http://127.0.0.1:${other.address().port}/`, { allow: /CORS|Failed to load/ }, async (page) => {
    const { opener, state } = widgetOf(page);
    await opener.click();
    await page.keyboard.type('withdraw');
    await soon('it says so', async () => (await state()) === 'error');
  });
});

test('widget: on a phone the panel is the screen, and the last result can be reached (A-12)', async () => {
  await visitShop('lang="zh"', { ...phone, before: (page) => answer(page, { search: (q) => ({ hits: hits(6, q) }) }) }, async (page, { opener, panel, options, state }) => {
    await opener.tap();
    await page.keyboard.type('提现');
    await soon('there are hits', async () => (await state()) === 'results');
    const frame = await panel.boundingBox();
    assert.deepEqual([frame.x, frame.y, frame.width, frame.height], [0, 0, PHONE.width, PHONE.height]);
    // The keyboard covers the lower half without the page knowing.
    const last = options.last();
    await last.evaluate((node) => {
      const body = node.closest('.jieda-body');
      body.scrollTop = body.scrollHeight;
    });
    const bottom = await last.evaluate((node) => node.getBoundingClientRect().bottom);
    assert.ok(bottom <= 424, `the last result ends at ${bottom}`);
  });
});
