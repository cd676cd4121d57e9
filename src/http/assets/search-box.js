// The custom element <jieda-search>: a plain search form inside it becomes a combobox.

const texts = (element) =>
  element.dataset.texts ? JSON.parse(element.dataset.texts) : JIEDA_TEXTS[element.lang] ?? JIEDA_TEXTS.en;

class JiedaSearch extends HTMLElement {
  connectedCallback() {
    this.texts = texts(this);
  }
}

if (!customElements.get("jieda-search")) customElements.define("jieda-search", JiedaSearch);
