// The search field of a page, as a test handles it.

import assert from 'node:assert/strict';

/** How long a test waits for what must come (ms); a busy machine is slow. Whatever must not be
 *  slow is measured by the page's own clock. */
const PATIENCE = 8000;

/** Handles on the box of a page. */
export function boxOf(page) {
  return {
    field: page.locator('input[name="q"]').first(),
    popup: page.locator('.jieda-popup').first(),
    options: page.locator('[role="option"]'),
    live: page.locator('.jieda-live[role="status"]').first(),
    note: page.locator('.jieda-note').first(),
  };
}

/** Waits until the box is in a state. */
export async function inState(page, state, timeout = PATIENCE) {
  await page.locator(`.jieda-popup[data-state="${state}"]`).first().waitFor({ state: 'attached', timeout });
}

/** Types like a person, and waits for the box to reach a state with this question, not with the
 *  first letters of it. */
export async function ask(page, text, state = 'results') {
  const { field } = boxOf(page);
  await field.click();
  await field.fill('');
  await field.pressSequentially(text, { delay: 15 });
  await inState(page, state);
  if (!['results', 'zero'].includes(state)) return;
  await soon(`an answer to ${text}`, () => page.evaluate(() => {
    const more = document.querySelector('.jieda-more');
    return more === null ? null : new URL(more.href).searchParams.get('q');
  }).then((q) => q === text || q));
}

/** The titles that are shown. */
export function titles(page) {
  return page.locator('.jieda-hit .jieda-title').allTextContents();
}

/** Notes every state of the box from now on, each with its time; read by `states`. */
export async function watchStates(page) {
  await page.evaluate(() => {
    const popup = document.querySelector('.jieda-popup');
    window.seenStates = [{ state: popup.dataset.state, at: performance.now() }];
    new MutationObserver(() => {
      const { state } = popup.dataset;
      if (window.seenStates.at(-1).state !== state) window.seenStates.push({ state, at: performance.now() });
    }).observe(popup, { attributes: true, attributeFilter: ['data-state'] });
  });
}

export async function states(page) {
  return (await page.evaluate(() => window.seenStates)).map(({ state }) => state);
}

/** Notes when the page asks and is answered, and when letters come; read by `clock`. */
export async function watchClock(page) {
  await page.evaluate(() => {
    const field = document.querySelector('input[name="q"]');
    window.clock = { asked: [], answered: [], typed: 0, ended: 0 };
    field.addEventListener('input', () => { window.clock.typed = performance.now(); }, true);
    field.addEventListener('compositionend', () => { window.clock.ended = performance.now(); }, true);
    const { fetch } = window;
    window.fetch = async (...what) => {
      window.clock.asked.push(performance.now());
      const reply = await fetch(...what);
      window.clock.answered.push(performance.now());
      return reply;
    };
  });
}

/** The times that `watchClock` and `watchStates` have noted. */
export async function clock(page) {
  return page.evaluate(() => ({ ...window.clock, states: window.seenStates }));
}

/** The option that the field points at, as a number; -1 for none. */
export async function active(page) {
  return page.evaluate(() => {
    const field = document.querySelector('input[name="q"]');
    const id = field.getAttribute('aria-activedescendant');
    const options = [...document.querySelectorAll('[role="option"]')];
    const selected = options.findIndex((option) => option.getAttribute('aria-selected') === 'true');
    const pointed = options.findIndex((option) => option.id === id);
    if (selected !== pointed) throw new Error(`selected ${selected}, pointed at ${pointed}`);
    if (document.activeElement !== field) throw new Error('the focus has left the field');
    return pointed;
  });
}

export async function pause(ms) {
  await new Promise((resolve) => { setTimeout(resolve, ms); });
}

/** Asserts that something becomes true soon. */
export async function soon(what, check, ms = PATIENCE) {
  const end = Date.now() + ms;
  let last;
  for (;;) {
    last = await check();
    if (last === true) return;
    if (Date.now() > end) break;
    await pause(25);
  }
  assert.fail(`${what}: ${JSON.stringify(last)}`);
}
