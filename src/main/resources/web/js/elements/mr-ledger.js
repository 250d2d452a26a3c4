// Every credit in and out, newest first, older lines on demand.
import { get } from "../api.js";
import { html, Light, nothing } from "../light.js";
import { limits } from "../limits.js";
import { ledgerLine } from "../money.js";
import { runs } from "../runs.js";
import { amount, plural, shortMoment } from "../words.js";
import "./mr-problem.js";

const PAGE = 20;

class Ledger extends Light {
  static properties = { lines: { state: true }, cursor: { state: true }, refusal: { state: true } };

  #balance = undefined;

  constructor() {
    super();
    this.lines = null;
    runs.addEventListener("run", this.#again);
    limits.addEventListener("change", this.#moved);
    this.#read();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    runs.removeEventListener("run", this.#again);
    limits.removeEventListener("change", this.#moved);
  }

  // Credits that came or went without a run: bought, granted, taken back.
  #moved = () => {
    const balance = limits.credits?.balance;
    const before = this.#balance;
    this.#balance = balance;
    if (before !== undefined && balance !== undefined && before !== balance) this.#read();
  };

  // A run that ended has settled: the newest lines are asked for again.
  #again = ({ detail }) => detail.run.receipt && !detail.before.receipt && this.#read();

  async #read(cursor = null) {
    try {
      const page = await get(`/v1/ledger?limit=${PAGE}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`);
      this.lines = cursor ? [...this.lines, ...page.data] : page.data;
      this.cursor = page.next_cursor;
      this.refusal = null;
    } catch (refusal) {
      this.refusal = refusal;
    }
  }

  render() {
    return html`<div class="sec-h">
        <h2 id="ledger-h">Ledger</h2>
        <span class="quiet small">Every credit in and out. The sum agrees with your balance.</span>
      </div>
      ${this.refusal ? html`<mr-problem .refusal=${this.refusal} .retry=${() => this.#read()}></mr-problem>` : this.lines ? this.#table() : nothing}`;
  }

  #table() {
    return html`<div class="sheet">
      <div class="scroll" tabindex="0" role="group" aria-label="Ledger table">
        <table class="cards led">
          <caption class="vh">
            Ledger, newest first
          </caption>
          <thead>
            <tr>
              <th scope="col">Time</th>
              <th scope="col">What</th>
              <th scope="col">Why</th>
              <th scope="col" class="num">Of the hold</th>
              <th scope="col" class="num">Credits</th>
              <th scope="col" class="num">Balance</th>
            </tr>
          </thead>
          <tbody>
            ${this.lines.map(row)}
          </tbody>
        </table>
      </div>
      <div class="more">
        <span>${plural(this.lines.length, "line")}</span
        >${this.cursor ? html`<button type="button" class="b b-s" @click=${() => this.#read(this.cursor)}>Older</button>` : html`<span>That is all.</span>`}
      </div>
    </div>`;
  }
}

const row = (line) =>
  html`<tr>
    <td class="quiet nowrap">${shortMoment(line.at)}</td>
    <th scope="row" class="clip">${ledgerLine(line, runs.find(line.generation)?.prompt)}</th>
    <td class="hide-s">${line.generation ? html`<a href="/runs/${line.generation}">run</a>` : nothing}</td>
    <td class="num quiet">${line.released ? `${amount(line.released)} released` : nothing}</td>
    <td class="num amt">${line.amount > 0 ? "+" : ""}${amount(line.amount)}</td>
    <td class="num hide-s">${line.balance === null || line.balance === undefined ? nothing : amount(line.balance)}</td>
  </tr>`;

customElements.define("mr-ledger", Ledger);
