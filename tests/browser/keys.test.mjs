// The keyboard: a combobox as the ARIA Authoring Practices describe it.
//
// 1. The focus stays in the field; nothing is chosen before the reader chooses.
// 2. Escape closes the list, then clears the field.
// 3. Enter follows the choice, or sends the form where there is none.
// 4. "/" leads to the search, except where it is a letter; a reader can switch that off.

import assert from 'node:assert/strict';
import { answer, hits, hold, searches } from './api.mjs';
import { active, ask, boxOf, inState, pause, soon } from './field.mjs';
import { test } from './runner.mjs';
import { visit } from './world.mjs';

const found = { before: (page) => answer(page, { search: (q) => ({ hits: hits(3, q) }) }) };

test('keys: the field is a combobox with a listbox (A-08)', async () => {
  await visit('/zh/', found, async (page) => {
    const { field, popup } = boxOf(page);
    const attribute = (name) => field.getAttribute(name);
    assert.equal(await attribute('role'), 'combobox');
    assert.equal(await attribute('aria-autocomplete'), 'list');
    assert.equal(await attribute('aria-expanded'), 'false');
    const list = page.locator(`#${await attribute('aria-controls')}`);
    assert.equal(await list.getAttribute('role'), 'listbox');
    assert.ok(await list.getAttribute('aria-label'));
    assert.ok(await popup.isHidden());
    await ask(page, '提现');
    assert.equal(await attribute('aria-expanded'), 'true');
    assert.ok(await list.isVisible());
    assert.equal(await list.locator('[role="option"]').count(), 4);
    assert.equal(await active(page), -1, 'nothing is chosen before the reader chooses');
    assert.equal(await list.locator('[role="option"][aria-selected="false"]').count(), 4);
  });
});

test('keys: arrows go through the options and the field (A-08)', async () => {
  await visit('/zh/', found, async (page) => {
    await ask(page, '提现');
    const seen = [];
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowUp', 'ArrowUp', 'ArrowUp', 'ArrowDown', 'ArrowDown']) {
      await page.keyboard.press(key);
      seen.push(await active(page));
    }
    assert.deepEqual(seen, [0, 1, 0, -1, 3, -1, 0]);
    assert.equal(await boxOf(page).field.inputValue(), '提现', 'the field keeps what the reader wrote');
    await page.keyboard.press('End');
    assert.equal(await active(page), -1);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.type('了');
    assert.equal(await active(page), -1, 'a letter leads back into the field');
  });
});

test('keys: Escape closes the list, then clears the field (A-08)', async () => {
  await visit('/zh/', found, async (page) => {
    const { field, popup } = boxOf(page);
    await ask(page, '提现');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Escape');
    assert.ok(await popup.isHidden());
    assert.equal(await field.getAttribute('aria-expanded'), 'false');
    assert.equal(await field.inputValue(), '提现');
    assert.equal(await active(page), -1);
    await page.keyboard.press('ArrowDown');
    assert.ok(await popup.isVisible(), 'arrow down opens it again');
    assert.equal(await active(page), 0);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    assert.equal(await field.inputValue(), '');
    assert.equal(await active(page), -1);
    await page.keyboard.press('ArrowDown');
    assert.ok(await popup.isHidden(), 'there is nothing to open');
  });
});

test('keys: a question on its way does not open what Escape has closed (A-08)', async () => {
  const reply = hold();
  let asked;
  const search = (q) => ({ hits: hits(2, q), after: q.length > 2 ? reply.held : undefined });
  await visit('/zh/', { before: async (page) => { asked = await answer(page, { search }); } }, async (page) => {
    await ask(page, '提现');
    await page.keyboard.type('失');
    await soon('it is asked', () => searches(asked).includes('提现失'));
    await page.keyboard.press('Escape');
    reply.release();
    await pause(500);
    assert.ok(await boxOf(page).popup.isHidden());
  });
});

test('keys: Enter without a choice sends the form (A-08)', async () => {
  await visit('/zh/', found, async (page) => {
    await ask(page, '提现');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/search\?/);
    assert.equal(new URL(page.url()).searchParams.get('q'), '提现');
  });
});

test('keys: Enter at once, before any answer, sends the form (A-08)', async () => {
  await visit('/zh/', found, async (page) => {
    await boxOf(page).field.pressSequentially('提现');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/search\?/);
    assert.equal(new URL(page.url()).searchParams.get('q'), '提现');
  });
});

test('keys: Enter with a choice follows it (A-08)', async () => {
  await visit('/zh/', {}, async (page) => {
    await ask(page, '提现');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    const href = await page.locator('[role="option"][aria-selected="true"]').evaluate((link) => link.href);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/zh\/articles\//);
    assert.equal(page.url(), href);
  });
});

test('keys: a choice on the same page closes the list', async () => {
  await visit('/zh/articles/withdrawal/withdraw-failed', {
    before: (page) => answer(page, { search: () => ({ hits: [{ ...hits(1)[0], url: '/zh/articles/withdrawal/withdraw-failed#content' }] }) }),
  }, async (page) => {
    await ask(page, '提现');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await soon('the list is closed', () => boxOf(page).popup.isHidden());
    assert.equal(new URL(page.url()).hash, '#content');
  });
});

test('keys: leaving the field closes the list, the mouse does not take the focus', async () => {
  await visit('/zh/', found, async (page) => {
    const { popup } = boxOf(page);
    await ask(page, '提现');
    await page.locator('.jieda-heading').first().click();
    assert.equal(await active(page), -1);
    assert.ok(await popup.isVisible());
    await page.keyboard.press('Tab');
    assert.ok(await popup.isHidden());
    await ask(page, '提现了');
    await page.locator('h1').click();
    assert.ok(await popup.isHidden());
    await ask(page, '提现吗');
    await page.locator('a.brand').focus();
    assert.ok(await popup.isHidden());
  });
});

test('keys: "/" leads to the search (A-11)', async () => {
  await visit('/en/articles/withdrawal/withdraw-failed', {}, async (page) => {
    const { field } = boxOf(page);
    const isFocused = () => field.evaluate((node) => node === document.activeElement);
    await page.keyboard.press('/');
    assert.ok(await isFocused());
    assert.equal(await field.inputValue(), '', 'the key itself is not written');
    await page.keyboard.press('/');
    assert.equal(await field.inputValue(), '/', 'in the field it is a letter');
    await field.fill('');
    for (const key of ['Control+/', 'Alt+/', 'Meta+/', 'Control+k', 'Meta+k']) {
      await field.blur();
      await page.keyboard.press(key);
      assert.ok(!await isFocused(), key);
    }
    for (const tag of ['textarea', 'input', 'select', 'div']) {
      await page.evaluate((name) => {
        const other = document.createElement(name);
        other.id = 'other';
        if (name === 'div') other.contentEditable = 'true';
        document.body.append(other);
        other.focus();
      }, tag);
      await page.keyboard.press('/');
      assert.ok(!await isFocused(), tag);
      await page.evaluate(() => document.getElementById('other').remove());
    }
    // A key of an input method.
    await page.evaluate(() => document.body.dispatchEvent(new KeyboardEvent('keydown', { key: '/', keyCode: 229, bubbles: true })));
    assert.ok(!await isFocused());
    await page.evaluate(() => document.body.dispatchEvent(new KeyboardEvent('keydown', { key: '/', isComposing: true, bubbles: true })));
    assert.ok(!await isFocused());
  });
});

test('keys: the shortcut can be switched off, by the reader and by the site (A-11)', async () => {
  await visit('/en/', {}, async (page) => {
    const { field } = boxOf(page);
    const isFocused = () => field.evaluate((node) => node === document.activeElement);
    const button = page.locator('button[data-shortcut]');
    assert.equal(await button.getAttribute('aria-checked'), 'true');
    await button.click();
    assert.equal(await button.getAttribute('aria-checked'), 'false');
    await button.blur();
    await page.keyboard.press('/');
    assert.ok(!await isFocused());
    await page.reload();
    assert.equal(await button.getAttribute('aria-checked'), 'false', 'it is remembered');
    await page.keyboard.press('/');
    assert.ok(!await isFocused());
    await button.click();
    await button.blur();
    await page.keyboard.press('/');
    assert.ok(await isFocused());
    await field.blur();
    await page.locator('jieda-search').evaluate((element) => element.removeAttribute('shortcut'));
    await page.keyboard.press('/');
    assert.ok(!await isFocused());
  });
});

test('keys: a page that comes back from the cache has no list open', async () => {
  await visit('/zh/', found, async (page) => {
    await ask(page, '提现');
    await page.evaluate(() => window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })));
    assert.ok(await boxOf(page).popup.isHidden());
    await inState(page, 'results');
  });
});
