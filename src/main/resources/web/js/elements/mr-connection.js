// Says that the news does not come through at the moment. Waits a little first: a stream that is opened again at once is no news.
import { html, Light, nothing } from "../light.js";
import { runs } from "../runs.js";
import "./mr-note.js";

const PATIENCE = 4_000;

class Connection extends Light {
  static properties = { shown: { state: true } };
  #timer = null;

  connectedCallback() {
    super.connectedCallback();
    runs.feed.addEventListener("change", this.#look);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    runs.feed.removeEventListener("change", this.#look);
    clearTimeout(this.#timer);
  }

  #look = () => {
    clearTimeout(this.#timer);
    if (runs.feed.interrupted) this.#timer = setTimeout(() => (this.shown = true), PATIENCE);
    else this.shown = false;
  };

  render() {
    return this.shown ? html`<mr-note tone="warn" strong="You lost the connection." .text=${"Your runs go on. We keep trying."}></mr-note>` : nothing;
  }
}

customElements.define("mr-connection", Connection);
