// The figures of a run: value first, what it is of after it.
import { html, Light } from "../light.js";

class Figures extends Light {
  static properties = { figures: { attribute: false } };

  render() {
    return html`<dl class="figs">
      ${this.figures.map(
        ({ value, label, big }) =>
          html`<div class=${big ? "big" : ""}>
            <dt>${label || html`<span class="vh">done</span>`}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>`;
  }
}

customElements.define("mr-figures", Figures);
