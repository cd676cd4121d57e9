// Input methods. People who write Chinese or Korean compose: keys go to the input method, the
// field shows what it has so far, and only the end of a composition says what was meant.

/** Some browsers send the key that ended a composition once more, this soon after (ms). */
const TRAILING = 40;

/** A composition of these letters only shows the very text that is meant: it is Korean. */
const HANGUL = /^[\p{Script=Hangul}\s]+$/u;

/** Knows whether a field is being composed in. */
class Composition {
  #endedAt = -Infinity;

  /** `ended` is called when a composition ends; all ends with `signal`. */
  constructor(input, { ended, signal }) {
    this.isActive = false;
    /** What the input method has so far. */
    this.text = '';
    const start = () => {
      this.isActive = true;
      this.text = '';
    };
    const end = (event) => {
      if (!this.isActive) return;
      this.isActive = false;
      this.#endedAt = event.timeStamp;
      ended();
    };
    input.addEventListener('compositionstart', start, { signal });
    input.addEventListener('compositionupdate', (event) => { this.text = event.data ?? ''; }, { signal });
    input.addEventListener('compositionend', end, { signal });
    // A field that is left is not being composed in, whatever the browser forgot to say.
    input.addEventListener('blur', end, { signal });
  }

  /** Whether a key event is the input method's business and nobody else's. */
  owns(event) {
    return this.isActive || isComposing(event) || event.timeStamp - this.#endedAt < TRAILING;
  }

  /** Whether the letters so far are Korean ones, which are worth a search before the end. */
  isHangul() {
    return HANGUL.test(this.text);
  }
}

/** Whether the browser says that a key event belongs to an input method; 229 is how older ones say it. */
function isComposing(event) {
  return event.isComposing || event.keyCode === 229;
}
