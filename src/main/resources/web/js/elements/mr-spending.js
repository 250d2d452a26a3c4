// What was spent on each of the last thirty days. There is nothing to see, and so nothing is shown, until something was spent.
import { get } from "../api.js";
import { html, Light, nothing } from "../light.js";
import { spending } from "../spending.js";
import { credits, plural } from "../words.js";

class Spending extends Light {
  static properties = { days: { state: true }, asTable: { state: true } };

  constructor() {
    super();
    this.days = [];
    this.asTable = false;
    get("/v1/usage/days?days=30").then(
      async ({ data }) => {
        if (data.some(({ runs }) => runs > 0)) await import("./mr-chart.js");
        this.days = data;
      },
      () => {},
    );
  }

  render() {
    const { days } = this;
    if (!days.some(({ runs }) => runs > 0)) return nothing;
    return html`<section aria-labelledby="spending">
      <div class="sec-h">
        <h2 id="spending">Spending</h2>
        <span class="quiet small">${spending(days)}</span>
        <button type="button" class="b b-s b-bare r" @click=${() => (this.asTable = !this.asTable)}>${this.asTable ? "Show as a chart" : "Show as a table"}</button>
      </div>
      <div class="sheet">
        ${this.asTable ? table(days) : html`<mr-chart class="pad" .points=${days.map(({ day, spent }) => [Date.parse(day) / 1000, spent])} .label=${spending(days)}></mr-chart>`}
      </div>
    </section>`;
  }
}

const table = (days) =>
  html`<div class="scroll" tabindex="0" role="group" aria-label="Spending by day">
    <table>
      <caption class="vh">
        Credits spent by day
      </caption>
      <thead>
        <tr>
          <th scope="col">Day</th>
          <th scope="col" class="num">Runs</th>
          <th scope="col" class="num">Credits</th>
        </tr>
      </thead>
      <tbody>
        ${days
          .filter(({ runs }) => runs > 0)
          .reverse()
          .map(
            ({ day, runs, spent }) =>
              html`<tr>
                <th scope="row">${day}</th>
                <td class="num">${plural(runs, "run")}</td>
                <td class="num">${credits(spent)}</td>
              </tr>`,
          )}
      </tbody>
    </table>
  </div>`;

customElements.define("mr-spending", Spending);
