// The price before the button: about, at most, ready in, and one model that would cost less.
import { html, Light, nothing } from "../light.js";
import { price } from "../money.js";
import { amount, credits, duration, modelName } from "../words.js";

class Quote extends Light {
  static properties = { quote: { attribute: false }, stale: { type: Boolean }, first: {} };

  render() {
    if (!this.quote) {
      return html`<p>
        ${this.first ? html`${this.first}<br /><span class="quiet">You see the price before you press.</span>` : html`<span class="quiet">You see the price before you press.</span>`}
      </p>`;
    }
    const { cost, seconds, cheaper } = this.quote;
    const { before, figure, after } = price(cost);
    const [other] = cheaper ?? [];
    return html`<p class=${this.stale ? "dim" : ""}>
      ${before}<b>${credits(figure)}</b>${after}${seconds?.p50 ? ` \u00b7 ready in about ${duration(seconds.p50)}` : nothing}
      ${other ? html`<br /><span class="quiet">${modelName(other.model)} would cost ${amount(other.expected)}.</span>` : nothing}
    </p>`;
  }
}

customElements.define("mr-quote", Quote);
