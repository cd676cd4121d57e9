// <jieda-search>: around a form of ours it adds the box to the field; with no form inside it
// becomes a button that opens a panel (only in widget.js).
//
//   server    address of the help center; the one that served this script otherwise
//   lang      language of the reader; that of the page around otherwise
//   category  searches only this category
//   shortcut  "/" makes that key go to the search; no attribute, no shortcut

/** Where a reader has switched the shortcut off. */
const SHORTCUT_OFF = 'jieda-shortcut-off';

class JiedaSearch extends HTMLElement {
  static observedAttributes = ['server', 'lang', 'category'];
  #life;
  #go;

  connectedCallback() {
    this.#life = new AbortController();
    const { signal } = this.#life;
    const lang = langOf(this.closest('[lang]')?.lang || navigator.language);
    const server = new URL(this.getAttribute('server') || '/', import.meta.url);
    const client = new Client(server, lang, this.getAttribute('category'), textsOf(this, lang));
    const form = this.querySelector('form');
    if (form) {
      const field = form.querySelector('input[name="q"]');
      new Box(this, form, field, client, { signal });
      this.#go = () => {
        field.focus();
        field.select();
      };
    } else if (typeof mountPanel === 'function') {
      this.#go = mountPanel(this, client, signal);
    }
    if (this.#go) document.addEventListener('keydown', (event) => this.#shortcut(event), { signal });
  }

  disconnectedCallback() {
    this.#life?.abort();
  }

  attributeChangedCallback(name, old, value) {
    if (!this.isConnected || !this.#life || old === value) return;
    this.disconnectedCallback();
    this.connectedCallback();
  }

  #shortcut(event) {
    if (event.key !== '/' || this.getAttribute('shortcut') !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.defaultPrevented || isComposing(event) || isEditable(event.composedPath()[0])) return;
    if (stored(SHORTCUT_OFF) || this.checkVisibility?.() === false) return;
    event.preventDefault();
    this.#go();
  }
}

/** What the box says: our pages bring the texts of their language, the widget has all. */
function textsOf(host, lang) {
  return host.dataset.texts ? JSON.parse(host.dataset.texts) : JIEDA_TEXTS[lang];
}

function isEditable(element) {
  return element instanceof HTMLElement && (element.isContentEditable || element.matches('input, textarea, select, [role="textbox"]'));
}

/** What is remembered under a name; nothing where the browser forbids it. */
function stored(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

if (!customElements.get('jieda-search')) customElements.define('jieda-search', JiedaSearch);
