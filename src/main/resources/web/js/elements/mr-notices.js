// What has to be known on every page: that the news does not come through at the moment, and what could not be done. A stream
// that is opened again at once is no news, so the first waits a little.
import { complaint } from "../complaint.js";
import { html, Light, nothing } from "../light.js";
import { router } from "../router.js";
import { runs } from "../runs.js";
import { Watch } from "../store.js";
import "./mr-note.js";

const PATIENCE = 4_000;

class Notices extends Light {
  static properties = { cut: { state: true } };
  #timer = null;
  #path = location.pathname;

  constructor() {
    super();
    new Watch(this, complaint);
    runs.feed.addEventListener("change", () => this.#look());
    router.addEventListener("change", () => {
      if (this.#path !== location.pathname) complaint.clear();
      this.#path = location.pathname;
    });
  }

  #look() {
    clearTimeout(this.#timer);
    if (runs.feed.interrupted) this.#timer = setTimeout(() => (this.cut = true), PATIENCE);
    else this.cut = false;
  }

  render() {
    const { now } = complaint;
    return html`${this.cut ? html`<mr-note tone="warn" strong="You lost the connection." text="Your runs go on. We keep trying."></mr-note>` : nothing}
    ${now ? html`<mr-note tone="bad" .strong=${now.strong} .text=${now.text} .close=${() => complaint.clear()}></mr-note>` : nothing}`;
  }
}

customElements.define("mr-notices", Notices);
