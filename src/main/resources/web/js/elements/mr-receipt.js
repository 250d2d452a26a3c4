// The receipt of a run, line by line as the ledger has it.
import { html, Light, nothing } from "../light.js";
import { lineName } from "../money.js";
import { amount, count } from "../words.js";

class Receipt extends Light {
  static properties = { receipt: { attribute: false }, estimated: {} };

  render() {
    const { charged, released, lines = [] } = this.receipt;
    return html`<section class="sheet slip" aria-labelledby="receipt">
      <h2 id="receipt">Receipt</h2>
      <ul>
        ${lines.map((line) => row(lineName(line.what), amount(line.amount), times(line)))}
        <li class="sum"><span>Charged</span><i></i><span>${amount(charged)}</span></li>
        ${row("Held at the start", amount(charged + released))}${row("Released to you", amount(released))}
      </ul>
      <p class="small quiet">
        ${charged === 0 ? "You were not charged. " : nothing}The same figures stand in your <a href="/account#ledger">ledger</a>.
      </p>
    </section>`;
  }
}

const row = (what, sum, how) =>
  html`<li><span>${what}${how ? html`<small>${how}</small>` : nothing}</span><i></i><span class="nowrap">${sum}</span></li>`;

const times = ({ quantity, unit_price: each, basis }) =>
  quantity !== null && quantity !== undefined && each
    ? `${count(quantity) === String(quantity) ? quantity : amount(quantity)} \u00d7 ${amount(each)}${basis === "counted" ? ", counted by us" : ""}`
    : null;

customElements.define("mr-receipt", Receipt);
