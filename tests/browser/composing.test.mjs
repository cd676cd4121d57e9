// Input methods, driven through the browser's own input method interface, not by
// made-up events:
//
// 1. While somebody composes, keys are the input method's and ours do nothing.
// 2. With a mouse, the search waits for the end of a composition: sounds are never asked for.
// 3. With a touch keyboard, or in Korean, a pause is enough; such a search never says that
//    nothing was found.
// 4. The field is the reader's: no letter is lost or doubled, nothing sets its value.

import assert from 'node:assert/strict';
import { answer, hits, hold, searches } from './api.mjs';
import { active, boxOf, clock, inState, pause, soon, states, titles, watchClock, watchStates } from './field.mjs';
import { test } from './runner.mjs';
import { phone, visit } from './world.mjs';

/** An input method in a page, in the field of the search. */
async function inputMethod(page) {
  const browser = await page.context().newCDPSession(page);
  await boxOf(page).field.click();
  const key = (type, name, code) => browser.send('Input.dispatchKeyEvent', { type, key: name, code: name, windowsVirtualKeyCode: code });
  return {
    /** Shows what the method has so far. */
    compose: (text) => browser.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length }),
    /** Ends the composition with what was meant. */
    commit: (text) => browser.send('Input.insertText', { text }),
    /** A key that the method takes: the page sees the code 229. */
    taken: async (name) => {
      await key('rawKeyDown', name, 229);
      await key('keyUp', name, 229);
    },
    /** A key that the page sees as it is. */
    press: async (name, code) => {
      await key('rawKeyDown', name, code);
      await key('keyUp', name, code);
    },
  };
}

const KEYS = [['Enter', 13], ['Escape', 27], ['ArrowUp', 38], ['ArrowDown', 40], ['Home', 36], ['End', 35]];
const found = { before: (page) => answer(page, { search: (q) => ({ hits: hits(3, q) }) }) };

test('composing: keys belong to the input method (A-02)', async () => {
  await visit('/zh/', found, async (page) => {
    const { field, popup } = boxOf(page);
    const method = await inputMethod(page);
    await method.commit('提现');
    await inState(page, 'results');
    const before = page.url();
    await method.compose("shi'bai");
    for (const [name, code] of KEYS) {
      for (const press of [() => method.taken(name), () => method.press(name, code)]) {
        await press();
        assert.equal(await active(page), -1, name);
        assert.ok(await popup.isVisible(), `${name} closed the list`);
        assert.equal(await field.inputValue(), "提现shi'bai", `${name} changed the field`);
        assert.equal(page.url(), before, `${name} left the page`);
      }
    }
    await method.commit('失败');
    await soon('the commit is searched for', async () => (await titles(page))[0] === '提现失败 1');
    await page.keyboard.press('ArrowDown');
    assert.equal(await active(page), 0, 'after the end the keys are ours again');
    await page.keyboard.press('Escape');
    assert.ok(await popup.isHidden());
  });
});

test('composing: a key that follows the end at once still belongs to it (A-02)', async () => {
  await visit('/zh/', found, async (page) => {
    const { field, popup } = boxOf(page);
    const method = await inputMethod(page);
    await method.commit('提现');
    await inState(page, 'results');
    // Some browsers send the key after the event that ends the composition.
    await field.evaluate((node) => {
      node.addEventListener('compositionend', () => {
        for (const key of ['ArrowDown', 'Escape', 'Enter']) node.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
        for (const key of ['ArrowDown', 'Escape', 'Enter']) node.dispatchEvent(new KeyboardEvent('keydown', { key, keyCode: 229, bubbles: true, cancelable: true }));
      });
    });
    await method.compose('shi');
    await method.commit('失');
    assert.equal(await active(page), -1);
    assert.ok(await popup.isVisible());
    assert.equal(await field.inputValue(), '提现失');
    await soon('the end is searched for', async () => (await titles(page))[0] === '提现失 1');
    await page.keyboard.press('Escape');
    assert.ok(await popup.isHidden(), 'a key of its own counts');
  });
});

test('composing: with a mouse, sounds are never searched for (A-03)', async () => {
  let asked;
  const search = (q) => ({ hits: q === '提现' ? hits(2, q) : [] });
  await visit('/zh/', { before: async (page) => { asked = await answer(page, { search }); } }, async (page) => {
    const method = await inputMethod(page);
    await watchStates(page);
    for (const text of ['t', 'ti', "ti'x", "ti'xi", "ti'xia", "ti'xian"]) {
      await method.compose(text);
      await pause(60);
    }
    await pause(2000);
    assert.deepEqual(asked, []);
    await watchClock(page);
    await method.commit('提现');
    await inState(page, 'results');
    assert.deepEqual(searches(asked), ['提现']);
    assert.ok(asked.every(({ q }) => q === '提现'));
    const times = await clock(page);
    const waited = times.asked[0] - times.ended;
    assert.ok(waited <= 200, `asked ${waited} ms after the end`);
    await pause(400);
    assert.deepEqual(searches(asked), ['提现']);
    assert.deepEqual(await states(page), ['idle', 'results']);
  });
});

test('composing: what was typed just before is not asked together with sounds (A-03)', async () => {
  let asked;
  await visit('/zh/', { before: async (page) => { asked = await answer(page, { search: (q) => ({ hits: hits(1, q) }) }); } }, async (page) => {
    const method = await inputMethod(page);
    await page.keyboard.press('a');
    await method.compose('ti');
    await pause(500);
    assert.ok(asked.every(({ q }) => q === 'a'), JSON.stringify(asked));
    await method.commit('提');
    await soon('the whole is asked', () => searches(asked).at(-1) === 'a提');
  });
});

test('composing: an answer that comes meanwhile does not say that nothing was found (A-03)', async () => {
  const reply = hold();
  let asked;
  const search = (q) => ({ hits: [], after: q === '啊' ? reply.held : undefined });
  await visit('/zh/', { before: async (page) => { asked = await answer(page, { search }); } }, async (page) => {
    const method = await inputMethod(page);
    await watchStates(page);
    await method.commit('啊');
    await soon('it is asked', () => searches(asked).length === 1);
    await method.compose('ti');
    reply.release();
    await soon('it is answered', () => asked.find(({ path }) => path === 'search').outcome === 'answered');
    await pause(500);
    assert.ok(!(await states(page)).includes('zero'), await states(page));
    await method.compose('');
    await inState(page, 'zero');
  });
});

test('composing: a touch keyboard composes every word, a pause is enough (A-04)', async () => {
  let asked;
  const search = (q) => ({ hits: q === 'password' ? hits(2, q) : [] });
  await visit('/en/', { ...phone, before: async (page) => { asked = await answer(page, { search }); } }, async (page) => {
    assert.ok(await page.evaluate(() => matchMedia('(pointer: coarse)').matches));
    const method = await inputMethod(page);
    await watchStates(page);
    await watchClock(page);
    for (let length = 1; length <= 'password'.length; length += 1) {
      await method.compose('password'.slice(0, length));
      await pause(80);
    }
    await inState(page, 'results');
    // Without what the made-up API takes.
    const { asked: [at], answered, typed, states: seen } = await clock(page);
    const took = seen.at(-1).at - typed - (answered.at(-1) - at);
    assert.ok(took <= 700, `results ${took} ms after the last letter`);
    assert.deepEqual(searches(asked), ['password']);
    assert.deepEqual(await states(page), ['idle', 'results']);
    // The end of the word brings the same text: it is not asked again.
    await method.commit('password');
    await pause(400);
    assert.deepEqual(searches(asked), ['password']);
    assert.equal((await titles(page)).length, 2);
  });
});

test('composing: sounds on a touch keyboard never flash "no results" (A-04)', async () => {
  let asked;
  const search = (q) => ({ hits: q === '提现' ? hits(2, q) : [] });
  await visit('/zh/', { ...phone, before: async (page) => { asked = await answer(page, { search }); } }, async (page) => {
    const method = await inputMethod(page);
    await watchStates(page);
    await method.compose("ti'x");
    await soon('the pause is long enough to ask', () => searches(asked).length === 1);
    await method.compose("ti'xian");
    await soon('and again', () => searches(asked).length === 2);
    assert.deepEqual(searches(asked), ["ti'x", "ti'xian"]);
    await pause(500);
    const seen = await states(page);
    assert.ok(!seen.includes('zero'), seen);
    await method.commit('提现');
    await inState(page, 'results');
    assert.ok(!(await states(page)).includes('zero'), await states(page));
  });
});

test('composing: what found nothing says so once the reader has meant it (A-04)', async () => {
  await visit('/en/', { ...phone, before: (page) => answer(page, {}) }, async (page) => {
    const method = await inputMethod(page);
    await watchStates(page);
    await method.compose('xqzt');
    await pause(1000);
    assert.deepEqual(await states(page), ['idle']);
    await method.commit('xqzt');
    await inState(page, 'zero');
  });
});

test('composing: Hangul keeps every letter, and the field is never set (A-05)', async () => {
  let asked;
  const search = (q) => ({ hits: hits(2, q) });
  for (const options of [{}, phone]) {
    await visit('/ko/', { ...options, before: async (page) => { asked = await answer(page, { search }); } }, async (page) => {
      const { field } = boxOf(page);
      await field.evaluate((node) => {
        window.sets = 0;
        const value = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value');
        Object.defineProperty(node, 'value', {
          get() { return value.get.call(this); },
          set(text) {
            window.sets += 1;
            value.set.call(this, text);
          },
        });
        window.field = node;
      });
      const method = await inputMethod(page);
      for (const [text, whole] of [['ㅎ', 'ㅎ'], ['하', '하'], ['한', '한'], ['한ㄱ', '한ㄱ'], ['한구', '한구'], ['한국', '한국']]) {
        await method.compose(text);
        assert.equal(await field.inputValue(), whole);
        await pause(120);
      }
      await inState(page, 'results');
      assert.equal(await field.inputValue(), '한국');
      await method.commit('한국');
      assert.equal(await field.inputValue(), '한국');
      // Letter by letter, each syllable a composition of its own, while results come and go.
      for (const syllable of ['ㅇ', '으', '은', '은ㅎ']) await method.compose(syllable);
      await method.commit('은');
      for (const syllable of ['ㅎ', '해', '행']) {
        await method.compose(syllable);
        await pause(400);
      }
      await method.commit('행');
      await soon('the last syllable is searched for', async () => (await titles(page))[0] === '한국은행 1');
      assert.equal(await field.inputValue(), '한국은행');
      assert.equal(await page.evaluate(() => window.sets), 0, 'the script has set the value');
      assert.ok(await page.evaluate(() => window.field === document.querySelector('input[name="q"]')), 'the field is another one');
    });
  }
});

test('composing: Korean is searched for while it is written, also with a mouse', async () => {
  let asked;
  await visit('/ko/', { before: async (page) => { asked = await answer(page, { search: (q) => ({ hits: q === '출금' ? hits(2, q) : [] }) }); } }, async (page) => {
    const method = await inputMethod(page);
    await watchStates(page);
    for (const text of ['ㅊ', '추', '출']) await method.compose(text);
    await pause(600);
    await method.commit('출');
    for (const text of ['ㄱ', '그', '금']) await method.compose(text);
    await inState(page, 'results');
    assert.equal(searches(asked).at(-1), '출금');
    assert.ok(!(await states(page)).slice(0, -1).includes('zero') , await states(page));
  });
});

test('composing: Enter after the end sends the form', async () => {
  await visit('/zh/', found, async (page) => {
    const method = await inputMethod(page);
    await method.compose("ti'xian");
    await method.commit('提现');
    await pause(100);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/search\?/);
    assert.equal(new URL(page.url()).searchParams.get('q'), '提现');
  });
});
