// A staff gauge: how much is left, ticks every tenth, the lighter part is held. Low and out are said in words as well.
import { html, Light, nothing, svg } from "../light.js";

class Gauge extends Light {
  static properties = {
    label: {},
    shown: {},
    of: {},
    level: { type: Number },
    held: { type: Number },
    words: {},
    state: {},
    bare: { type: Boolean },
  };

  render() {
    const level = Math.max(0, Math.min(100, this.level ?? 0));
    return html`<div
      class="gauge"
      data-level=${this.state}
      role="meter"
      aria-label=${this.label}
      aria-valuemin="0"
      aria-valuemax="100"
      aria-valuenow=${Math.round(level)}
      aria-valuetext=${`${this.shown} ${this.of}, ${this.words}`}
    >
      ${
        this.bare
          ? nothing
          : html`<div class="gauge-h">
              <span>${this.label}</span><b>${this.shown} <span>${this.of}</span></b>
            </div>`
      }
      <svg class="staff" aria-hidden="true">
        <rect class="bed" width="100%" height="6" rx="2"></rect>
        <rect class="lvl" width="${level}%" height="6" rx="2"></rect>
        ${this.held ? svg`<rect class="held" x="${level}%" width="${Math.min(this.held, 100 - level)}%" height="6"></rect>` : nothing}
        ${TICKS}
      </svg>
      <p>${this.words}</p>
    </div>`;
  }
}

const TICKS = Array.from(
  { length: 11 },
  (_, at) => svg`<line class="tick" x1="${at * 10}%" x2="${at * 10}%" y1="8" y2=${at % 5 ? 10 : 12}></line>`,
);

customElements.define("mr-gauge", Gauge);
