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
    const answer = new URLSearchParams(new FormData(form, event.submitter));
    const status = form.querySelector('[role="status"]') ?? form.appendChild(statusLine());
    const buttons = [...form.querySelectorAll('button')];
    for (const button of buttons) button.disabled = true;
    try {
      const reply = await fetch(form.action, { method: 'POST', body: answer, headers: { accept: 'application/json' } });
      if (!reply.ok) throw new Error(`status ${reply.status}`);
      status.textContent = pageTexts.thanks;
      for (const child of [...form.children]) if (child !== status) child.hidden = true;
    } catch {
      status.textContent = pageTexts.not_sent;
      for (const button of buttons) button.disabled = false;
      event.submitter?.focus();
    }
  });
}

function statusLine() {
  const line = document.createElement('p');
  line.setAttribute('role', 'status');
  return line;
}

// A reader can switch the one-key shortcut off, and it stays off.
for (const button of document.querySelectorAll('button[data-shortcut]')) {
  const show = () => button.setAttribute('aria-pressed', String(!stored(SHORTCUT_OFF)));
  button.hidden = false;
  show();
  button.addEventListener('click', () => {
    try {
      if (stored(SHORTCUT_OFF)) localStorage.removeItem(SHORTCUT_OFF);
      else localStorage.setItem(SHORTCUT_OFF, '1');
    } catch {
      // Nothing can be remembered here: the shortcut stays as it is.
    }
    show();
  });
}
