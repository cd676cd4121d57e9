// What pages do besides the search. All of it works without this script, only with more clicks.

const pageTexts = textsOf(document.querySelector('jieda-search'));

for (const control of document.querySelectorAll('[data-script-only]')) control.hidden = false;

/** How long a notice stays beside a link (ms). */
const NOTICE = 2500;

/** A line that screen readers read out when it changes. */
const notices = document.createElement('p');
notices.className = 'jieda-live';
notices.setAttribute('role', 'status');
document.body.append(notices);

// The link of a heading is copied, too.
document.addEventListener('click', async (event) => {
  const link = event.target.closest?.('a.section-link');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || !navigator.clipboard) return;
  try {
    await navigator.clipboard.writeText(link.href);
  } catch {
    return;
  }
  link.dataset.copied = pageTexts.copied;
  notices.textContent = pageTexts.copied;
  setTimeout(() => {
    delete link.dataset.copied;
    notices.textContent = '';
  }, NOTICE);
});

// "Was this helpful?" is sent without leaving the page.
for (const form of document.querySelectorAll('form[data-feedback]')) {
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const answer = new URLSearchParams(new FormData(form));
    const pressed = event.submitter;
    if (pressed?.name) answer.set(pressed.name, pressed.value);
    const status = form.querySelector('[role="status"]') ?? form.appendChild(statusLine());
    const buttons = [...form.querySelectorAll('button')];
    for (const button of buttons) button.disabled = true;
    try {
      const reply = await fetch(form.action, { method: 'POST', body: answer, headers: { accept: 'application/json' } });
      if (!reply.ok) throw new Error(`status ${reply.status}`);
      status.textContent = answer.get('helpful') === 'no' ? pageTexts.sorry : pageTexts.thanks;
      for (const child of [...form.children]) if (child !== status) child.hidden = true;
      // The button that had the focus is gone.
      status.focus();
    } catch {
      status.textContent = pageTexts.not_sent;
      for (const button of buttons) button.disabled = false;
      pressed?.focus();
    }
  });
}

function statusLine() {
  const line = document.createElement('p');
  line.setAttribute('role', 'status');
  line.tabIndex = -1;
  return line;
}

// A reader can switch the one-key shortcut off, and it stays off.
for (const button of document.querySelectorAll('button[data-shortcut]')) {
  const show = () => button.setAttribute('aria-checked', String(!stored(SHORTCUT_OFF)));
  show();
  button.addEventListener('click', () => {
    store(SHORTCUT_OFF, stored(SHORTCUT_OFF) ? null : '1');
    show();
  });
}

// Light, dark, or as the system says. `theme.js` puts the choice on before a page is drawn.
const themes = [...document.querySelectorAll('button[data-theme-choice]')];
function showTheme(chosen) {
  for (const button of themes) button.setAttribute('aria-pressed', String(button.dataset.themeChoice === chosen));
}
showTheme(document.documentElement.dataset.theme ?? 'system');
for (const button of themes) {
  button.addEventListener('click', () => {
    const { themeChoice } = button.dataset;
    const { dataset } = document.documentElement;
    if (themeChoice === 'system') delete dataset.theme;
    else dataset.theme = themeChoice;
    store('jieda-theme', themeChoice === 'system' ? null : themeChoice);
    showTheme(themeChoice);
  });
}

// A menu closes when the reader goes on, and by Escape.
for (const menu of document.querySelectorAll('details.menu')) {
  document.addEventListener('pointerdown', (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener('focusout', (event) => {
    if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
  });
  menu.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !menu.open) return;
    menu.open = false;
    menu.querySelector('summary').focus();
  });
}

/** Remembers a value under a name, or forgets it, where the browser allows that. */
function store(name, value) {
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  } catch {
    // It holds for this page.
  }
}
