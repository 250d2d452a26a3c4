// One word at a time, at the bottom, for eight seconds; it waits while the pointer or the focus is on it.
import { html, Light, nothing } from "../light.js";
import { Watch } from "../store.js";
import { toast } from "../toast.js";

const SHOWN = 8_000;

class Toast extends Light {
  #timer = null;

  constructor() {
    super();
    new Watch(this, toast);
    toast.addEventListener("change", () => this.#count());
  }

  render() {
    return html`<div role="status">
      ${
        toast.text
          ? html`<div
              class="toast"
              @mouseenter=${() => clearTimeout(this.#timer)}
              @mouseleave=${() => this.#count()}
              @focusin=${() => clearTimeout(this.#timer)}
              @focusout=${() => this.#count()}
            >
              ${toast.text}<button type="button" class="b b-s" @click=${() => toast.clear()}>Close</button>
            </div>`
          : nothing
      }
    </div>`;
  }

  #count() {
    clearTimeout(this.#timer);
    if (toast.text) this.#timer = setTimeout(() => toast.clear(), SHOWN);
  }
}

customElements.define("mr-toast", Toast);
