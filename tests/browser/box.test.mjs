// The box shows the truth:
//
// 1. The list is that of the last question, whatever order answers come in.
// 2. Idle, loading, results, zero, error and offline are told apart; nothing is "not found"
//    before an answer says so.
// 3. What is announced is short, late, once, and again when it is the same again.
// 4. Texts of replies are texts; addresses lie on the server.

import assert from 'node:assert/strict';
import { NEVER, answer, hit, hits, hold, searches } from './api.mjs';
import { ask, boxOf, clock, inState, pause, soon, states, titles, watchClock, watchStates } from './field.mjs';
import { test } from './runner.mjs';
import { visit } from './world.mjs';

const FAILED = /Failed to load resource/;

test('box: a late answer to an earlier question changes nothing (A-06)', async () => {
  let asked;
  const first = hold();
  const search = (q) => q === '提' ? { hits: hits(3, '旧'), after: first.held } : { hits: hits(2, '新') };
  await visit('/zh/', { before: async (page) => { asked = await answer(page, { search }); } }, async (page) => {
    const { field } = boxOf(page);
    await field.pressSequentially('提');
    await soon('the first question is asked', () => searches(asked).length === 1);
    await field.pressSequentially('现');
    await inState(page, 'results');
    assert.deepEqual(await titles(page), ['新 1', '新 2']);
    await soon('the first request is stopped', () => asked.find(({ path, q }) => path === 'search' && q === '提').outcome === 'net::ERR_ABORTED');
    first.release();
    await pause(500);
    assert.deepEqual(await titles(page), ['新 1', '新 2']);
    assert.deepEqual(searches(asked), ['提', '提现']);
  });
});

test('box: an answer that comes while the reader types on does not end the asking (A-06)', async () => {
  let asked;
  await visit('/zh/', { before: async (page) => { asked = await answer(page, { search: (q) => ({ hits: hits(1, q) }) }); } }, async (page) => {
    const { field } = boxOf(page);
    // The next letter comes with the answer to the one before.
    await page.evaluate(() => {
      const { fetch } = window;
      window.fetch = async (url, options) => {
        const reply = await fetch(url, options);
        const node = document.querySelector('input[name="q"]');
        if (url.pathname.endsWith('search') && node.value === '提') {
          node.value = '提现';
          node.dispatchEvent(new InputEvent('input', { bubbles: true }));
        }
        return reply;
      };
    });
    await field.pressSequentially('提');
    await soon('the whole is answered', async () => (await titles(page))[0] === '提现 1');
    assert.deepEqual(searches(asked), ['提', '提现']);
  });
});

test('box: results stay while the next question is under way (A-06)', async () => {
  const second = hold();
  const search = (q) => ({ hits: hits(2, q), after: q === '提' ? undefined : second.held });
  await visit('/zh/', { before: (page) => answer(page, { search }) }, async (page) => {
    const { field, popup } = boxOf(page);
    await ask(page, '提');
    await watchStates(page);
    await field.pressSequentially('现');
    await soon('the box says that it is busy', async () => await popup.getAttribute('aria-busy') === 'true');
    assert.deepEqual(await titles(page), ['提 1', '提 2']);
    second.release();
    await soon('the new results are there', async () => (await titles(page))[0] === '提现 1');
    assert.equal(await popup.getAttribute('aria-busy'), null);
    assert.deepEqual(await states(page), ['results']);
  });
});

test('box: loading is said after 200 ms, and not before (A-07)', async () => {
  const slow = hold();
  const search = (q) => ({ hits: hits(1, q), after: q === '快' ? undefined : slow.held });
  await visit('/zh/', { before: (page) => answer(page, { search }) }, async (page) => {
    const { popup, note, field } = boxOf(page);
    await watchStates(page);
    await ask(page, '快');
    assert.deepEqual(await states(page), ['idle', 'results']);
    await field.fill('');
    await inState(page, 'idle');
    assert.ok(await popup.isHidden());
    await watchClock(page);
    await field.pressSequentially('慢');
    await inState(page, 'loading');
    assert.equal(await popup.getAttribute('aria-busy'), 'true');
    assert.equal(await note.textContent(), '正在搜索…');
    slow.release();
    await inState(page, 'results');
    assert.deepEqual(await states(page), ['idle', 'results', 'idle', 'loading', 'results']);
    assert.equal(await popup.getAttribute('aria-busy'), null);
    const { asked, states: seen } = await clock(page);
    const waited = seen.find(({ state }) => state === 'loading').at - asked[0];
    assert.ok(waited >= 190, `it said after ${waited} ms that it was loading`);
  });
});

test('box: nothing found is said only by an answer, and leads on (A-07)', async () => {
  const replies = [hold(), hold()];
  const search = (q) => ({ hits: [], after: replies[q === '无此词' ? 0 : 1].held });
  await visit('/zh/', { before: (page) => answer(page, { search }) }, async (page) => {
    const { note, options, field } = boxOf(page);
    await watchStates(page);
    await ask(page, '无此词', 'loading');
    assert.doesNotMatch(await note.textContent(), /没有找到/);
    replies[0].release();
    await inState(page, 'zero');
    assert.deepEqual(await states(page), ['idle', 'loading', 'zero']);
    assert.match(await note.textContent(), /没有找到/);
    assert.equal(await options.count(), 1);
    const url = new URL(await options.first().getAttribute('href'), page.url());
    assert.equal(`${url.pathname} ${url.searchParams.get('q')}`, '/search 无此词');
    // Another letter makes it untrue.
    await field.pressSequentially('啊');
    assert.notEqual((await states(page)).at(-1), 'zero');
    replies[1].release();
    await inState(page, 'zero');
  });
});

test('box: a failure is said and tried again (A-07)', async () => {
  let works = false;
  const search = () => works ? { hits: hits(2) } : { status: 503 };
  await visit('/ko/', { allow: FAILED, before: (page) => answer(page, { search }) }, async (page) => {
    const { note, field } = boxOf(page);
    await ask(page, '출금', 'error');
    assert.match(await note.textContent(), /검색하지 못했습니다/);
    works = true;
    const retry = page.getByRole('button', { name: '다시 시도' });
    assert.ok(await retry.isVisible());
    await retry.click();
    await inState(page, 'results');
    assert.ok(await retry.isHidden());
    assert.ok(await field.evaluate((node) => node === document.activeElement));
    assert.equal((await titles(page)).length, 2);
  });
});

test('box: retry works from the keyboard (A-07)', async () => {
  let works = false;
  const search = () => works ? { hits: hits(2) } : { fail: true };
  await visit('/en/', { allow: FAILED, before: (page) => answer(page, { search }) }, async (page) => {
    await ask(page, 'withdraw', 'error');
    works = true;
    const retry = page.getByRole('button', { name: 'Try again' });
    for (let at = 0; at < 3 && !await retry.evaluate((node) => node === document.activeElement); at += 1) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await inState(page, 'results');
  });
});

test('box: offline is said, and ends by itself (A-07)', async () => {
  await visit('/zh/', { allow: FAILED }, async (page) => {
    const { note } = boxOf(page);
    await page.context().setOffline(true);
    await ask(page, '提现', 'offline');
    assert.match(await note.textContent(), /网络已断开/);
    await page.context().setOffline(false);
    await inState(page, 'results');
  });
});

test('box: suggestions that fail or are slow do not hold up the hits', async () => {
  for (const suggest of [() => ({ status: 404 }), () => ({ fail: true }), () => ({ after: NEVER })]) {
    await visit('/zh/', { allow: FAILED, before: (page) => answer(page, { search: () => ({ hits: hits(2) }), suggest }) }, async (page) => {
      await ask(page, '提现');
      assert.equal((await titles(page)).length, 2);
    });
  }
});

test('box: suggestions stand above hits and do not repeat them', async () => {
  const suggestions = [
    { kind: 'query', text: '提现失败', spans: [[0, 2]], lang: 'zh' },
    { kind: 'article', text: '提现 1', spans: [], id: 'withdrawal/a0', lang: 'zh', url: '/zh/articles/withdrawal/a0' },
    { kind: 'question', text: '提现多久到账', spans: [[0, 2]], id: 'withdrawal/x', lang: 'zh', url: '/zh/articles/withdrawal/x' },
  ];
  await visit('/zh/', { before: (page) => answer(page, { search: () => ({ hits: hits(2) }), suggest: () => ({ suggestions }) }) }, async (page) => {
    await ask(page, '提现');
    assert.deepEqual(await page.locator('[role="option"] .jieda-title').allTextContents(), ['提现失败', '提现多久到账', '提现 1', '提现 2']);
    const links = await page.locator('[role="option"]').evaluateAll((all) => all.map((link) => decodeURIComponent(link.pathname + link.search)));
    assert.deepEqual(links, [
      '/search?q=提现失败&lang=zh', '/zh/articles/withdrawal/x', '/zh/articles/withdrawal/a0', '/zh/articles/withdrawal/a1', '/search?q=提现&lang=zh',
    ]);
    const groups = await page.locator('.jieda-list [role="group"]').evaluateAll((all) => all.map((group) => document.getElementById(group.getAttribute('aria-labelledby')).textContent));
    assert.deepEqual(groups, ['相关问题', '搜索结果']);
  });
});

test('box: another reading of the question is offered or said', async () => {
  const search = (q) => ({ hits: hits(1), did_you_mean: { text: '验证码', reading: 'pinyin', applied: q === 'yanzhengma' } });
  await visit('/zh/', { before: (page) => answer(page, { search }) }, async (page) => {
    const { note } = boxOf(page);
    await ask(page, 'yanzhengma');
    assert.match(await note.textContent(), /已为您搜索“验证码”/);
    await ask(page, 'yanzheng');
    assert.ok(await note.isHidden());
    const offer = page.locator('.jieda-meant');
    assert.match(await offer.textContent(), /验证码/);
    assert.match(decodeURIComponent(await offer.getAttribute('href')), /\/search\?q=验证码&/);
  });
});

test('box: what is found is announced once, late, and again when it repeats (A-09)', async () => {
  const search = (q) => ({ hits: hits(2, q), total: q.startsWith('一') ? 1 : 5 });
  await visit('/en/', { before: (page) => answer(page, { search }) }, async (page) => {
    const { live, field } = boxOf(page);
    await live.evaluate((node) => {
      // What stays the same is not read out again: it must have been empty in between.
      window.said = [''];
      new MutationObserver(() => {
        if (node.textContent !== window.said.at(-1)) window.said.push(node.textContent);
        window.saidAt = performance.now();
      }).observe(node, { childList: true, characterData: true, subtree: true });
    });
    const said = () => page.evaluate(() => window.said.filter((text) => text !== ''));
    assert.equal(await live.getAttribute('role'), 'status');
    await watchStates(page);
    await ask(page, 'coin');
    await soon('it is announced', async () => (await said()).length === 1);
    const waited = await page.evaluate(() => window.saidAt - window.seenStates.at(-1).at);
    assert.ok(waited >= 900, `it was announced after ${waited} ms`);
    await pause(700);
    await field.pressSequentially('s');
    await soon('the same number is announced again', async () => (await said()).length === 2);
    assert.deepEqual(await said(), ['5 results', '5 results']);
    await field.fill('一');
    await soon('one result is not results', async () => (await said()).at(-1) === '1 result');
    await pause(1200);
    assert.equal((await said()).length, 3);
    // Fast typing is announced once, at its end.
    await field.evaluate(async (node) => {
      for (const text of ['一二', '一二三', '一二三四', '一二三四五']) {
        node.value = text;
        node.dispatchEvent(new InputEvent('input', { bubbles: true }));
        await new Promise((resolve) => { setTimeout(resolve, 200); });
      }
    });
    await pause(1500);
    assert.equal((await said()).length, 4);
    assert.equal(await live.locator('*').count(), 0);
  });
});

test('box: matches are marked where the API says, and nowhere else (A-14)', async () => {
  const found = hit('a/b', '𠮷野家の提现😀ok', {
    title_spans: [[5, 7], [7, 9], [900, 901], [3, 2], ['x', null]],
    snippet: { text: '<b>提现</b> &amp; 到账', spans: [[3, 5]] },
  });
  await visit('/zh/', { before: (page) => answer(page, { search: () => ({ hits: [found] }) }) }, async (page) => {
    await ask(page, '提现');
    const title = page.locator('.jieda-hit .jieda-title');
    assert.equal(await title.textContent(), '𠮷野家の提现😀ok');
    assert.deepEqual(await title.locator('mark').allTextContents(), ['提现', '😀']);
    const text = page.locator('.jieda-hit .jieda-text');
    assert.equal(await text.textContent(), '<b>提现</b> &amp; 到账');
    assert.deepEqual(await text.locator('mark').allTextContents(), ['提现']);
    assert.equal(await page.locator('.jieda-hit b').count(), 0);
  });
});

test('box: hits in another language say so, by attribute and by name (A-22)', async () => {
  const found = [
    hit('a/zh', '提现', { matched: 'language' }),
    hit('a/en', 'Withdrawal', { lang: 'en', url: '/en/articles/a/en', matched: 'pinyin' }),
    hit('a/ko', '출금', { lang: 'ko', url: '/ko/articles/a/ko', matched: 'exact' }),
  ];
  const shown = (page) => page.locator('.jieda-hit').evaluateAll((all) => all.map((link) => [link.lang, link.dir, link.pathname]));
  const before = (page) => answer(page, { search: () => ({ hits: found }) });
  await visit('/ko/', { before }, async (page) => {
    await ask(page, '출금');
    assert.deepEqual(await shown(page), [
      ['zh-Hans', 'ltr', '/zh/articles/a/zh'], ['en', 'ltr', '/en/articles/a/en'], ['', '', '/ko/articles/a/ko'],
    ]);
    assert.deepEqual(await page.locator('.jieda-hit').nth(0).locator('.jieda-badge').allTextContents(), ['简体中文']);
    assert.deepEqual(await page.locator('.jieda-hit').nth(1).locator('.jieda-badge').allTextContents(), ['English', '병음으로 찾음']);
    assert.equal(await page.locator('.jieda-hit').nth(1).locator('.jieda-badge').nth(1).getAttribute('lang'), 'ko');
  });
  // For a reader of Traditional Chinese the API has converted what is written in Simplified.
  await visit('/zh-Hant/', { before }, async (page) => {
    await ask(page, '提現');
    assert.deepEqual((await shown(page))[0], ['', '', '/zh-Hant/articles/a/zh']);
    assert.equal(await page.locator('.jieda-hit').nth(0).locator('.jieda-badge').count(), 0);
  });
});

test('box: addresses that do not lie on the server are not links', async () => {
  const wrong = ['javascript:alert(1)', '//evil.example/x', '/\\evil.example/x', 'https://evil.example/', ' /zh/', '\t//evil.example', '', 5, null];
  const found = [...wrong.map((url, at) => hit(`w/${at}`, `w${at}`, { url })), hit('w/ok', 'ok')].slice(-6);
  const more = wrong.slice(0, 4).map((url, at) => ({ kind: 'article', id: `s/${at}`, lang: 'zh', text: `s${at}`, spans: [], url }));
  await visit('/zh/', { before: (page) => answer(page, { search: () => ({ hits: found }), suggest: () => ({ suggestions: more }) }) }, async (page) => {
    await ask(page, '提现');
    assert.deepEqual(await titles(page), ['ok']);
    assert.deepEqual(await page.locator('.jieda-suggestion').allTextContents(), []);
    const origins = await page.locator('[role="option"]').evaluateAll((all) => all.map((link) => link.origin));
    assert.deepEqual([...new Set(origins)], [new URL(page.url()).origin]);
  });
});

test('box: an answer that is not what it should be is a failure, not a broken page', async () => {
  for (const body of ['null', '[]', '"x"', '{"hits":[null]}', '{"hits":{"a":1},"total":"many"}', '<html>']) {
    await visit('/zh/', {
      before: async (page) => {
        await page.route(/\/api\/v1\/suggest/, (route) => route.fulfill({ json: { suggestions: [] } }));
        await page.route(/\/api\/v1\/search/, (route) => route.fulfill({ contentType: 'application/json', body }));
      },
    }, async (page) => {
      const { field, popup } = boxOf(page);
      await field.pressSequentially('提现');
      await soon(`an end for ${body}`, async () => ['error', 'zero'].includes(await popup.getAttribute('data-state')) || await popup.getAttribute('data-state'));
    });
  }
});

test('box: a long question leaves the room to its answers', async () => {
  const long = '我的提币一直没有到账已经等了三个小时了请问应该怎么办'.repeat(4);
  await visit('/zh/', { before: (page) => answer(page, { search: () => ({ hits: hits(3) }) }) }, async (page) => {
    await boxOf(page).field.fill(long);
    await inState(page, 'results');
    const more = page.locator('.jieda-more');
    assert.ok((await more.boundingBox()).height < 60, 'it is one line');
    assert.equal(await more.evaluate((node) => new URL(node.href).searchParams.get('q')), long, 'it leads to all of it');
  });
});
