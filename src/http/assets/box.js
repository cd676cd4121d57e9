// The box: suggestions and hits under a search field, as a combobox (WAI-ARIA Authoring
// Practices). The focus stays in the field, nothing is chosen before the reader chooses, and
// Enter without a choice sends the form as it would without this script.
//
// **Invariant:** the value of the field is the reader's. It is set in one place: Escape clears it.

/** From the last letter to the question (ms). */
const PAUSE = 120;
/** From the last letter of a composition that may not have an end for long (ms): touch keyboards
 *  compose every word; Korean is composed letter by letter. */
const TOUCH_PAUSE = 600;
const HANGUL_PAUSE = 300;
/** How long a question may take before the box says that it is searching (ms). */
const LOADING_AFTER = 200;
/** How long results must stand before they are announced (ms). */
const ANNOUNCE_AFTER = 1000;
/** Longest question the server reads (characters). */
const MAX_QUESTION = 256;

let boxes = 0;

/** The box of one field. It ends with `signal`. */
class Box {
  #client;
  #parent;
  #field;
  #popup;
  #composition;
  #options = [];
  #active = -1;
  #answer;
  #asked = '';
  #request;
  #pauseTimer;
  #loadingTimer;
  #announceTimer;

  /** The popup goes behind `form` in `parent`. With `inPanel` it belongs to a panel: it stays
   *  where the focus is elsewhere, and its links open in `target`. */
  constructor(parent, form, field, client, { signal, inPanel = false, target = '' }) {
    this.#client = client;
    this.#parent = parent;
    this.#field = field;
    this.inPanel = inPanel;
    this.target = target;
    this.#popup = buildPopup(`jieda-${++boxes}`, client.texts, htmlLang(client.lang));
    const { popup, list, retry, live } = this.#popup;
    parent.append(popup, live);
    for (const [name, value] of Object.entries({
      role: 'combobox',
      'aria-autocomplete': 'list',
      'aria-controls': list.id,
      'aria-expanded': 'false',
      'aria-haspopup': 'listbox',
    })) field.setAttribute(name, value);

    this.#composition = new Composition(field, { ended: () => this.#typed(), signal });
    const on = (target, name, act) => target.addEventListener(name, act.bind(this), { signal });
    on(field, 'input', this.#typed);
    on(field, 'keydown', this.#key);
    on(field, 'click', () => this.#answer?.query === this.#question() && this.#open());
    on(form, 'submit', this.#submitted);
    on(retry, 'click', () => {
      field.focus();
      this.#ask();
    });
    on(window, 'online', () => this.state === 'offline' && this.#ask());
    on(window, 'pageshow', (event) => event.persisted && this.#close());
    // The focus stays in the field while the popup is used.
    on(popup, 'mousedown', (event) => event.preventDefault());
    on(list, 'click', (event) => event.target.closest('[role="option"]') && this.#close());
    if (!inPanel) {
      on(parent, 'focusout', (event) => parent.contains(event.relatedTarget) || this.#close());
      on(document, 'pointerdown', (event) => event.composedPath().includes(parent) || this.#close());
    }
    signal.addEventListener('abort', () => {
      this.reset();
      popup.remove();
      live.remove();
    });
    this.#show('idle');
  }

  /** `idle`, `loading`, `results`, `zero`, `error` or `offline`. */
  get state() {
    return this.#popup.popup.dataset.state;
  }

  /** Forgets question and answer. */
  reset() {
    this.#stop();
    this.#answer = undefined;
    this.#show('idle');
  }

  #question() {
    return this.#field.value.trim();
  }

  // What the reader does

  #typed() {
    this.#activate(-1);
    clearTimeout(this.#pauseTimer);
    if (this.#question() === '' && !this.#composition.isActive) return this.reset();
    // What was said about another question is no longer true.
    if (this.#answer?.query !== this.#question() && ['zero', 'error', 'offline'].includes(this.state)) this.#show('idle');
    const pause = this.#pause();
    if (pause !== undefined) this.#pauseTimer = setTimeout(() => this.#ask(), pause);
  }

  /** When to ask; never while an input method has only read sounds. */
  #pause() {
    if (!this.#composition.isActive) return PAUSE;
    if (matchMedia('(pointer: coarse)').matches) return TOUCH_PAUSE;
    return this.#composition.isHangul() ? HANGUL_PAUSE : undefined;
  }

  #key(event) {
    if (this.#composition.owns(event)) {
      // Some browsers would empty the field although Escape has only ended the composition.
      if (event.key === 'Escape') event.preventDefault();
      return;
    }
    const { key, altKey, ctrlKey, metaKey, shiftKey } = event;
    if (ctrlKey || metaKey || (altKey && !key.startsWith('Arrow'))) return;
    let isDone = true;
    if (key === 'ArrowDown') this.#move(1, altKey);
    else if (key === 'ArrowUp') this.#move(-1, altKey);
    else if (key === 'Escape') isDone = this.#escape();
    else if (key === 'Enter' && !shiftKey && this.#active >= 0) this.#options[this.#active].click();
    else {
      // The reader goes on; only the way to try again must stay where it can be reached.
      if (key === 'Tab' && this.state !== 'error') this.#close();
      // Keys that move the cursor lead back into the field.
      if (['Home', 'End', 'ArrowLeft', 'ArrowRight'].includes(key)) this.#activate(-1);
      isDone = false;
    }
    if (isDone) event.preventDefault();
  }

  /** To the next option, over the end into the field and on. */
  #move(step, isAlt) {
    if (this.#answer?.query !== this.#question()) return this.#question() && this.#ask();
    if (this.inPanel || this.isOpen) {
      if (isAlt) return step < 0 && this.#close();
    } else {
      this.#open();
      if (isAlt) return;
    }
    const places = this.#options.length + 1;
    this.#activate(((this.#active + 1 + step + places) % places) - 1);
  }

  /** Closes the list, then clears the field. Whether there was anything to do. */
  #escape() {
    if (!this.inPanel && this.isOpen) {
      this.#stop();
      this.#close();
      return true;
    }
    if (this.#field.value === '') return false;
    this.#field.value = '';
    this.reset();
    return true;
  }

  #submitted(event) {
    if (this.#question() === '') event.preventDefault();
    this.#stop();
    this.#close();
  }

  // Questions and answers

  async #ask() {
    const query = this.#question();
    clearTimeout(this.#pauseTimer);
    if (query === '') return;
    // The same again: a composition has ended as it looked before, or spaces came and went.
    if (query === this.#answer?.query) return this.state === 'results' ? this.#open() : this.#settle();
    if (query === this.#asked) return;
    this.#stop();
    this.#asked = query;
    const request = new AbortController();
    this.#request = request;
    this.#loadingTimer = setTimeout(() => this.#load(), LOADING_AFTER);
    let answer;
    try {
      answer = await this.#client.ask([...query].slice(0, MAX_QUESTION).join(''), request.signal);
    } catch {
      answer = { failed: true };
    }
    // Whoever asked something else meanwhile has stopped this request.
    if (request.signal.aborted) return;
    this.#arrive();
    this.#answer = answer.failed ? undefined : { ...answer, query };
    if (answer.failed) this.#fail();
    else this.#settle();
  }

  /** Forgets a question that is under way or about to be; what is shown stays. */
  #stop() {
    this.#request?.abort();
    clearTimeout(this.#pauseTimer);
    this.#arrive();
  }

  /** Nothing is under way any more. The reader may have typed on meanwhile. */
  #arrive() {
    clearTimeout(this.#loadingTimer);
    this.#asked = '';
    this.#popup.popup.removeAttribute('aria-busy');
  }

  #load() {
    this.#popup.popup.setAttribute('aria-busy', 'true');
    if (this.state !== 'results') this.#show('loading', { note: this.#client.texts.searching });
  }

  /** Shows the answer. While somebody composes, nothing found means nothing yet. */
  #settle() {
    const { texts } = this.#client;
    const { hits, suggestions, total, meant } = this.#answer;
    const isEmpty = hits.length + suggestions.length === 0;
    if (isEmpty && this.#composition.isActive) {
      if (this.state === 'loading') this.#show('idle');
      return;
    }
    if (isEmpty) {
      this.#show('zero', { note: texts.nothing, hint: texts.nothing_hint });
      this.#announce(texts.nothing);
    } else {
      this.#show('results', { note: meant?.applied ? texts.searched_instead.replace('{query}', () => meant.text) : '' });
      this.#announce(hits.length ? (total === 1 ? texts.found_one : texts.found_many).replace('{count}', total) : '');
    }
  }

  #fail() {
    const isOffline = navigator.onLine === false;
    const note = isOffline ? this.#client.texts.offline : this.#client.texts.failed;
    // Nobody is disturbed while composing; the end of the composition asks again.
    if (this.#composition.isActive) return this.#show('idle');
    this.#show(isOffline ? 'offline' : 'error', { note });
    this.#announce(note);
  }

  /** Says something once it has stood for a while, also when it is what was said before. */
  #announce(text) {
    const { live } = this.#popup;
    live.textContent = '';
    clearTimeout(this.#announceTimer);
    this.#announceTimer = setTimeout(() => { live.textContent = text; }, ANNOUNCE_AFTER);
  }

  // What is seen

  #show(state, { note = '', hint = '' } = {}) {
    const { popup, list, noteLine, hintLine, retry } = this.#popup;
    popup.dataset.state = state;
    noteLine.textContent = note;
    hintLine.textContent = hint;
    noteLine.hidden = note === '';
    hintLine.hidden = hint === '';
    retry.hidden = state !== 'error';
    const groups = ['results', 'zero'].includes(state) ? buildGroups(this.#answer, this.#client, list.id, this.target) : [];
    list.replaceChildren(...groups);
    this.#options = [...list.querySelectorAll('[role="option"]')];
    list.hidden = this.#options.length === 0;
    this.#activate(-1);
    if (state === 'idle') {
      clearTimeout(this.#announceTimer);
      this.#popup.live.textContent = '';
      this.#close();
    } else {
      this.#open();
    }
  }

  /** Whether somebody composes in the field. */
  get isComposing() {
    return this.#composition.isActive;
  }

  /** Whether the list is to be seen. */
  get isOpen() {
    return !this.#popup.popup.hidden;
  }

  #open() {
    // An answer that comes after the reader has gone on must not cover what they read now.
    if (this.state === 'idle' || !(this.inPanel || this.#parent.matches(':focus-within'))) return;
    this.#popup.popup.hidden = false;
    this.#field.setAttribute('aria-expanded', String(this.#options.length > 0));
  }

  #close() {
    this.#activate(-1);
    if (this.inPanel && this.state !== 'idle') return;
    clearTimeout(this.#announceTimer);
    this.#popup.popup.hidden = true;
    this.#field.setAttribute('aria-expanded', 'false');
  }

  #activate(index) {
    this.#options[this.#active]?.setAttribute('aria-selected', 'false');
    this.#active = index;
    const option = this.#options[index];
    if (!option) return this.#field.removeAttribute('aria-activedescendant');
    option.setAttribute('aria-selected', 'true');
    this.#field.setAttribute('aria-activedescendant', option.id);
    option.scrollIntoView({ block: 'nearest' });
  }
}
