// The world of the tests: a help center from a folder of articles, served by the real binary on
// a free port, and pages of a real browser that look at it.

import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
export const LANGS = ['zh', 'zh-Hant', 'en', 'ko'];
export const PHONE = { width: 390, height: 844 };
export const DESKTOP = { width: 1280, height: 800 };

const BINARY = process.env.JIEDA_BINARY ?? join(ROOT, 'target', 'debug', 'jieda');
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** No sandbox, because tests may run as root; no other host than this one. */
const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'];

const closers = [];

/** Has something done when the tests end. */
export function whenDone(act) {
  closers.unshift(act);
}

/** A new folder that goes when the tests end. */
export function folder() {
  const path = mkdtempSync(join(tmpdir(), 'jieda-browser-'));
  whenDone(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Serves `articles`; the address. `env` holds settings as `JIEDA_…`. */
export async function serve(articles, env = {}) {
  const index = join(folder(), 'index');
  const home = folder();
  // Settings of whoever runs the tests must not matter.
  const settings = { PATH: process.env.PATH, JIEDA_LOG: 'warn', ...env };
  const built = spawnSync(BINARY, ['reindex', '--articles', articles, '--index', index], { cwd: home, env: settings, encoding: 'utf8' });
  if (built.status !== 0) throw new Error(`reindex: ${built.error ?? built.stderr}`);
  const options = ['serve', '--no-build', '--articles', articles, '--index', index, '--listen', '127.0.0.1:0'];
  const server = spawn(BINARY, options, { cwd: home, env: settings, stdio: ['ignore', 'pipe', 'inherit'] });
  whenDone(() => server.kill('SIGKILL'));
  return new Promise((resolve, reject) => {
    let said = '';
    server.on('exit', (code) => reject(new Error(`the server ended with ${code}: ${said}`)));
    server.stdout.setEncoding('utf8').on('data', (text) => {
      said += text;
      const address = /Jieda is ready: (http:\/\/[^/]+)\//.exec(said);
      if (address) resolve(address[1]);
    });
  });
}

let browser;
let sample;

/** Starts the browser and the sample help center. */
export async function start() {
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
  whenDone(() => browser.close());
  sample = await serve(join(ROOT, 'articles'), { JIEDA_CONTACT_URL: 'https://example.com/contact' });
}

/** Ends everything. */
export async function stop() {
  for (const close of closers.splice(0)) await close();
}

/** The address of the sample help center. */
export function site() {
  return sample;
}

/** A new page of a new reader. What goes wrong in it is in `page.wrongs`, what its policy has
 *  stopped in its own `window.violations`. Whoever asks for it closes its context. */
export async function newPage(options = {}) {
  const { base = sample, ...rest } = options;
  const context = await browser.newContext({ baseURL: base, viewport: DESKTOP, locale: 'zh-CN', ...rest });
  const page = await context.newPage();
  await page.addInitScript(() => {
    window.violations = [];
    document.addEventListener('securitypolicyviolation', (event) => window.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
  });
  page.setDefaultTimeout(10_000);
  page.wrongs = [];
  const wrong = (text) => page.wrongs.push(`${page.url()}: ${text}`);
  page.on('pageerror', (error) => wrong(error));
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && wrong(`${message.text()} (${message.location().url})`));
  page.on('dialog', (dialog) => {
    wrong(`dialog ${dialog.message()}`);
    dialog.dismiss();
  });
  return page;
}

/** Runs `act` with a page at `path`; fails if anything went wrong in the page that `allow` does
 *  not name. */
export async function visit(path, options, act) {
  const { allow, before, ...rest } = options;
  const page = await newPage(rest);
  try {
    await before?.(page);
    await page.goto(path);
    await act(page);
    const wrongs = page.wrongs.filter((text) => !allow?.test(text));
    if (wrongs.length > 0) throw new Error(`in the page:\n${wrongs.join('\n')}`);
  } finally {
    await page.context().close();
  }
}

/** A page as a phone shows it. */
export const phone = { viewport: PHONE, hasTouch: true, isMobile: true };
