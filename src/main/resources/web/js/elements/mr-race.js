// The race: percent, likely end, latest end and where an attempt broke off, in one bar. Its state comes from the data-state of the
// run around it.
import { html, Light, nothing } from "../light.js";
import { geometry } from "../race-geometry.js";

class Race extends Light {
  static properties = { percent: {}, eta: {}, p90: {}, elapsed: {}, mark: {}, words: {}, large: { type: Boolean } };

  render() {
    return html`<div
      class=${this.large ? "race race-l" : "race"}
      role="progressbar"
      aria-label="Progress"
      aria-valuemin="0"
      aria-valuemax="100"
      aria-valuenow=${Math.floor(this.percent ?? 0)}
      aria-valuetext=${this.words ?? nothing}
    >
      <span class="race-band"></span><span class="race-water"></span
      ><span class="race-gate"></span>${this.mark ? html`<span class="race-mark"></span>` : nothing}
    </div>`;
  }

  updated() {
    const { gate, fill, mark } = geometry(this);
    const { style } = this.firstElementChild;
    style.setProperty("--gate", `${gate}%`);
    style.setProperty("--fill", `${fill}%`);
    style.setProperty("--mark", `${mark ?? -10}%`);
  }
}

customElements.define("mr-race", Race);
