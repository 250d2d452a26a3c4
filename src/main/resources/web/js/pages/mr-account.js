// The account: what is left, what a day may cost, the ledger, its keys, where it is signed in, and how much may move.
import { get } from "../api.js";
import { clock } from "../clock.js";
import { creditGauge, windowGauge } from "../gauges.js";
import { html, Light, nothing } from "../light.js";
import { limits } from "../limits.js";
import { motion } from "../motion.js";
import { runs } from "../runs.js";
import { session } from "../session.js";
import { Watch } from "../store.js";
import { credits, glance, plural } from "../words.js";
import { gauge } from "../elements/mr-gauges.js";
import "../elements/mr-billing.js";
import "../elements/mr-cap.js";
import "../elements/mr-spending.js";
import "../elements/mr-keys.js";
import "../elements/mr-ledger.js";
import "../elements/mr-sessions.js";

class Account extends Light {
  static properties = { me: { state: true } };

  constructor() {
    super();
    this.me = null;
    new Watch(this, limits, runs, motion, clock);
    get("/v1/me").then(
      (me) => (this.me = me.account ?? me),
      () => {},
    );
    limits.refresh();
  }

  render() {
    const { me } = this;
    return html`<div class="page">
      <div class="page-h">
        <div>
          <h1>Account</h1>
          <p>${me ? `${me.email}, ${title(me.plan)} plan` : "\u00a0"}</p>
        </div>
        <div class="acts"><button type="button" class="b" @click=${() => session.signOut()}>Sign out</button></div>
      </div>
      <section id="limits" aria-label="Credits and limits">${limits.credits ? this.#meters() : nothing}</section>
      <section id="cap" aria-labelledby="cap-h"><mr-cap></mr-cap></section>
      <mr-spending></mr-spending>
      <section id="ledger" aria-labelledby="ledger-h"><mr-ledger></mr-ledger></section>
      <mr-billing></mr-billing>
      <section id="keys" aria-labelledby="keys-h"><mr-keys></mr-keys></section>
      <section id="sessions" aria-labelledby="sessions-h"><mr-sessions></mr-sessions></section>
      <section aria-labelledby="motion-h">
        <div class="sec-h"><h2 id="motion-h">This browser</h2></div>
        <div class="sheet pad setting">
          <div>
            <h3 id="motion">Motion</h3>
            <p class="small quiet">Flowing water, the turning wheel. Off also where your system asks for less motion.</p>
          </div>
          <button
            type="button"
            role="switch"
            class="switch"
            aria-checked=${motion.on ? "true" : "false"}
            aria-labelledby="motion"
            @click=${() => motion.set(!motion.on)}
          >
            <span>${motion.on ? "On" : "Off"}</span>
          </button>
        </div>
      </section>
    </div>`;
  }

  #meters() {
    const { credits: sum, minute, day, month } = limits;
    return html`<div class="sheet meters">
      <div>
        <p class="small soft">Credits</p>
        <p class="credit">${glance(sum.balance)}</p>
        ${gauge(creditGauge(limits, runs.underWay.length), true)}
        ${month ? html`<p class="small quiet">${plural(month.generations, "run")} and ${credits(month.spent)} this month</p>` : nothing}
      </div>
      ${minute ? this.#window("Requests this minute", windowGauge(minute, "minute"), minute) : nothing}${day ? this.#window("Requests today", windowGauge(day, "day"), day) : nothing}
    </div>`;
  }

  #window(label, gauged, { remaining, limit }) {
    return html`<div>
      <p class="small soft">${label}</p>
      <p class="credit">${remaining} <small>of ${limit.toLocaleString("en")} left</small></p>
      ${gauge({ ...gauged, label }, true)}
    </div>`;
  }
}

const title = (word) => word.charAt(0).toUpperCase() + word.slice(1);

customElements.define("mr-account", Account);
