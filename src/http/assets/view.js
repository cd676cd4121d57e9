// What the box shows, as nodes. Texts are only ever set as texts, and addresses come from
// `Client.address`.

/** How much of a question is repeated (characters). */
const LONGEST_QUOTE = 24;

/** The frame of a popup and its parts. */
function buildPopup(id, texts, lang) {
  const noteLine = element('p', 'jieda-note');
  const hintLine = element('p', 'jieda-hint');
  const retry = element('button', 'jieda-retry', texts.retry);
  retry.type = 'button';
  const list = element('div', 'jieda-list');
  list.id = `${id}-list`;
  set(list, { role: 'listbox', 'aria-label': texts.label });
  const popup = element('div', 'jieda-popup');
  popup.lang = lang;
  popup.append(noteLine, hintLine, retry, list);
  const live = element('p', 'jieda-live');
  set(live, { role: 'status', lang });
  return { popup, list, noteLine, hintLine, retry, live };
}

/** Options in groups with a heading: a better reading, suggestions, hits, the way to all of them. */
function buildGroups({ query, hits, suggestions, total, meant }, client, id, target) {
  const { texts } = client;
  let count = 0;
  const option = (kind, href, lang) => {
    const link = element('a', `jieda-option jieda-${kind}`);
    link.id = `${id}-${count++}`;
    link.href = href;
    set(link, { role: 'option', 'aria-selected': 'false', tabindex: '-1' });
    if (target) set(link, { target, rel: 'noopener' });
    if (!client.reads(lang)) set(link, { lang: htmlLang(lang), dir: directionOf(lang) });
    return link;
  };
  const groups = [];
  const add = (heading, options) => {
    const group = element('div', 'jieda-group');
    if (heading) {
      const title = element('div', 'jieda-heading', heading);
      title.id = `${id}-heading-${groups.length}`;
      set(title, { role: 'presentation' });
      set(group, { role: 'group', 'aria-labelledby': title.id });
      group.append(title);
    } else {
      set(group, { role: 'presentation' });
    }
    group.append(...options);
    if (options.length > 0) groups.push(group);
  };

  if (meant && !meant.applied && typeof meant.text === 'string') {
    const link = option('meant', client.results(meant.text));
    const [before, behind = ''] = texts.did_you_mean.split('{query}');
    link.append(before, element('strong', '', meant.text), behind);
    add('', [link]);
  }
  add(texts.suggestions, suggestions.flatMap((suggestion) => {
    const href = suggestion.url ? client.address(suggestion.url, suggestion.lang) : client.results(suggestion.text);
    if (!href) return [];
    const link = option(suggestion.kind === 'query' ? 'query' : 'suggestion', href, suggestion.lang);
    link.append(line('jieda-title', suggestion.text, suggestion.spans));
    return [link];
  }));
  add(texts.results, hits.flatMap((hit) => {
    const href = client.address(hit.url, hit.lang);
    if (!href) return [];
    const link = option('hit', href, hit.lang);
    link.append(line('jieda-title', hit.title, hit.title_spans));
    if (hit.snippet?.text) link.append(line('jieda-text', hit.snippet.text, hit.snippet.spans));
    if (!client.reads(hit.lang)) link.append(element('span', 'jieda-badge', nameOf(hit.lang)));
    // The name of the language has said already that it is another; converted text does not
    // show that it was in another script.
    const isPlain = hit.matched === 'language' || (hit.matched === 'script' && client.converts(hit.lang));
    const reason = isPlain ? '' : texts.reasons[hit.matched];
    if (reason) {
      const badge = element('span', 'jieda-badge', reason);
      badge.lang = htmlLang(client.lang);
      link.append(badge);
    }
    return [link];
  }));
  const more = option('more', client.results(query));
  more.append(total > 0 ? texts.see_all.replace('{query}', () => beginning(query)) : texts.more_help);
  add('', [more]);
  return groups;
}

/** A text with its matches in `<mark>`; spans are `[start, end)` in UTF-16 units. */
function line(className, text, spans) {
  const all = String(text ?? '');
  const node = element('span', className);
  let at = 0;
  for (const [start, end] of list(spans)) {
    if (!(start >= at && end > start && end <= all.length)) continue;
    node.append(all.slice(at, start), element('mark', '', all.slice(start, end)));
    at = end;
  }
  node.append(all.slice(at));
  return node;
}

/** The beginning of a question, where all of it would take the room of the answers. */
function beginning(query) {
  const letters = [...query];
  return letters.length > LONGEST_QUOTE ? `${letters.slice(0, LONGEST_QUOTE).join('')}…` : query;
}

function directionOf(lang) {
  return /^(ar|fa|he|ur)\b/.test(lang) ? 'rtl' : 'ltr';
}

function element(name, className, text = '') {
  const node = document.createElement(name);
  if (className) node.className = className;
  if (text) node.textContent = text;
  return node;
}

function set(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
}
