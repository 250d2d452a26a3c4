// The timeline of a run on one scale: thin is waiting, water is work, orange is an attempt that broke off, ink is making it ready.
// The dashed lines are money: held before the first call, settled at the end.
import { html, Light, nothing, svg } from "../light.js";
import { amount, took } from "../words.js";

const WIDE = 1000;

class Waterfall extends Light {
  static properties = { line: { attribute: false }, receipt: { attribute: false } };

  render() {
    const { total, spans } = this.line;
    const end = scaleEnd(total);
    const x = (second) => (WIDE * second) / end;
    return html`<div class="wf">
      <div class="wf-row wf-ax">
        ${this.#flags()}
        <div class="nm"></div>
        <div class="axis" aria-hidden="true">
          ${[0, 1, 2, 3, 4, 5].map((at) => html`<span class="x${at * 20}">${tick((end * at) / 5)}${at === 0 || at === 5 ? " s" : ""}</span>`)}
        </div>
        <span></span>
      </div>
      <ol class="wf-list">
        ${spans.map(
          ({ name, note, kind, from, to }) =>
            html`<li class="wf-row">
              <div class="nm"><b>${name}</b><span>${note}</span></div>
              <div class="tr">
                <svg viewBox="0 0 ${WIDE} 40" preserveAspectRatio="none" aria-hidden="true">
                  ${[0, 200, 400, 600, 800, 1000].map((at) => svg`<line class="grid" x1=${at} x2=${at} y1="-4" y2="44"></line>`)}
                  <rect
                    class=${`bar ${kind}`}
                    x=${x(from)}
                    width=${Math.max(2, x(to) - x(from))}
                    y=${kind === "wait" ? 18 : 11}
                    height=${kind === "wait" ? 4 : 18}
                  ></rect>
                  <line class="money" x1="0" x2="0" y1="-4" y2="44"></line>
                  ${this.receipt ? svg`<line class="money" x1=${x(total)} x2=${x(total)} y1="-4" y2="44"></line>` : nothing}
                </svg>
              </div>
              <span class="num">${took(to - from)}</span>
            </li>`,
        )}
      </ol>
    </div>`;
  }

  #flags() {
    const { receipt } = this;
    if (!receipt) return nothing;
    return html`<div class="nm"></div>
      <div class="flags">
        <span class="x0"><b>${amount(receipt.charged + receipt.released)} held</b>before the first call</span>
        <span class="xs"><b>${amount(receipt.charged)} settled</b>${amount(receipt.released)} released, ${took(this.line.total)}</span>
      </div>
      <span></span>`;
  }

  updated() {
    const settled = this.querySelector(".xs");
    settled?.style.setProperty("--end", `${(100 * this.line.total) / scaleEnd(this.line.total)}%`);
  }
}

// The end of the scale: the next number that five parts divide handsomely.
function scaleEnd(total) {
  const unit = 10 ** Math.floor(Math.log10(total));
  return [1, 1.2, 1.4, 1.6, 2, 2.5, 3, 4, 5, 6, 8, 10].map((step) => step * unit).find((end) => end >= total * 1.02) ?? 10 * unit;
}

const tick = (second) => (Number.isInteger(second) ? second : second.toFixed(second < 1 ? 2 : 1).replace(/0$/, ""));

customElements.define("mr-waterfall", Waterfall);
