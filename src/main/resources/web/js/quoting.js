// Asks for the price of what is being written, 300 ms after the last key. An older answer never overtakes a newer one, and the old
// figure stays, dimmed, until the new one is there.
import { post } from "./api.js";
import { Store } from "./store.js";

const QUIET = 300;

export class Quoting extends Store {
  quote = null; // {quote, expires_at, cost, seconds, cheaper}
  refusal = null;
  stale = false;
  #body = null;
  #settings = null; // of the body the quote was given for
  #timer = null;
  #asking = null;

  /** Asks for this body, or for nothing when it is null. */
  ask(body) {
    const text = body && JSON.stringify(body);
    if (text === this.#body) return;
    this.#body = text;
    clearTimeout(this.#timer);
    this.#asking?.abort();
    this.refusal = null;
    this.stale = true;
    if (!body) this.quote = null;
    else this.#timer = setTimeout(() => this.#send(body), QUIET);
    this.changed();
  }

  /** Whether the figure on screen is for this body, or was for the same with another prompt: what must be known before it is sent. */
  covers(body) {
    return this.quote !== null && this.#settings === settingsOf(body);
  }

  /** The signed price for exactly this body, or null when there is none that holds. */
  for(body) {
    const good = !this.stale && this.quote && this.#body === JSON.stringify(body) && Date.parse(this.quote.expires_at) > Date.now() + 5_000;
    return good ? this.quote.quote : null;
  }

  async #send(body) {
    const asking = (this.#asking = new AbortController());
    try {
      const response = await post("/v1/estimates", body, { signal: asking.signal });
      const quote = await response.json();
      if (asking.signal.aborted) return;
      Object.assign(this, { quote, stale: false });
      this.#settings = settingsOf(body);
    } catch (failure) {
      if (asking.signal.aborted) return;
      Object.assign(this, { quote: null, stale: false, refusal: failure });
    }
    this.changed();
  }
}

const settingsOf = ({ kind, model, options }) => JSON.stringify([kind, model, options]);
