// The widget on other sites: a button that opens a panel, in a shadow root with a style sheet of
// its own. Colors and shape are set from outside by custom properties (see `box.css`); more
// attributes of the element:
//
//   label   what the button says
//   corner  puts the button into the lower corner of the window
//   target  where links open; `_blank` otherwise, so that nobody loses the page they are on
//   theme   `light` or `dark`; the reader's choice otherwise

let sheet;

/** Fills the element; returns what opens the panel. All ends with `signal`. */
function mountPanel(host, client, signal) {
  const { texts, lang } = client;
  const target = host.getAttribute('target') ?? '_blank';
  const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(JIEDA_SHEET);
  }
  root.adoptedStyleSheets = [sheet];

  const opener = element('button', 'jieda-opener', host.getAttribute('label') || texts.open);
  opener.type = 'button';
  set(opener, { 'aria-haspopup': 'dialog', lang: htmlLang(lang) });
  opener.prepend(lens());

  const field = element('input', 'jieda-field');
  set(field, {
    type: 'search', name: 'q', 'aria-label': texts.label, placeholder: texts.placeholder,
    autocomplete: 'off', autocapitalize: 'none', enterkeyhint: 'search',
  });
  const form = element('form', 'jieda-form');
  set(form, { action: new URL('/search', client.server), method: 'get', role: 'search', target, rel: 'noopener' });
  form.append(lens(), field, hidden('lang', lang), ...(client.category ? [hidden('category', client.category)] : []));
  const submit = element('button', 'jieda-submit', texts.search);
  form.append(submit);

  const close = element('button', 'jieda-close');
  close.type = 'button';
  set(close, { 'aria-label': texts.close });
  const title = element('h2', 'jieda-name', texts.title);
  title.id = 'jieda-name';
  const head = element('div', 'jieda-head');
  head.append(title, close);
  const home = element('a', 'jieda-home', texts.topics);
  set(home, { href: new URL(`/${lang}/`, client.server), target, rel: 'noopener' });
  const body = element('div', 'jieda-body');
  const panel = element('dialog', 'jieda-panel');
  set(panel, { 'aria-labelledby': title.id, lang: htmlLang(lang) });
  panel.append(head, form, body);
  const all = element('div', 'jieda-root');
  all.append(opener, panel);
  root.replaceChildren(all);

  const box = new Box(body, form, field, client, { signal, inPanel: true, target });
  const topics = element('ul', 'jieda-topics');
  topics.setAttribute('aria-label', texts.topics);
  body.append(home, topics);
  const open = () => {
    if (!panel.open) panel.showModal();
    field.focus();
    if (!client.category && topics.childElementCount === 0) showTopics(topics, client, signal, target);
  };
  const on = (node, name, act) => node.addEventListener(name, act, { signal });
  on(opener, 'click', open);
  on(close, 'click', () => panel.close());
  // A press beside the panel closes it.
  on(panel, 'pointerdown', (event) => event.target === panel && panel.close());
  // Escape belongs to the input method first, then to the box, then to the panel.
  on(panel, 'cancel', (event) => box.isComposing && event.preventDefault());
  signal.addEventListener('abort', () => panel.close());
  return open;
}

/** Whoever does not know what to ask sees what there is. Without an answer there is the link above. */
async function showTopics(topics, client, signal, target) {
  const found = await client.topics(signal).catch(() => []);
  topics.replaceChildren(...found.flatMap(({ name, url }) => {
    const href = client.address(url);
    if (!href || typeof name !== 'string') return [];
    const link = element('a', '', name);
    set(link, { href, target, rel: 'noopener' });
    const item = element('li', '');
    item.append(link);
    return [item];
  }));
}

/** The magnifying glass. */
function lens() {
  const space = 'http://www.w3.org/2000/svg';
  const icon = document.createElementNS(space, 'svg');
  set(icon, { viewBox: '0 0 20 20', 'aria-hidden': 'true', class: 'jieda-lens' });
  const path = document.createElementNS(space, 'path');
  set(path, { d: 'M13.2 13.2 18 18M15 8.5a6.5 6.5 0 1 1-13 0 6.5 6.5 0 0 1 13 0Z' });
  icon.append(path);
  return icon;
}

function hidden(name, value) {
  const input = element('input', '');
  set(input, { type: 'hidden', name, value });
  return input;
}
