// The account's own cap on a day's spending: how much of it is spent, set, changed and taken away here.
import { call, get } from "../api.js";
import { complaint } from "../complaint.js";
import { capGauge } from "../gauges.js";
import { html, Light, nothing } from "../light.js";
import { limits } from "../limits.js";
import { Watch } from "../store.js";
import { toast } from "../toast.js";
import { typed } from "../typed.js";
import { credits, fault as faultOf } from "../words.js";
import { gauge } from "./mr-gauges.js";

class Cap extends Light {
  static properties = {
    cap: { state: true },
    known: { state: true },
    asks: { state: true },
    sending: { state: true },
    refusal: { state: true },
  };
  #seen = null;
  #asked = 0;

  constructor() {
    super();
    new Watch(this, limits);
    this.cap = this.refusal = null;
    this.known = this.asks = this.sending = false;
  }

  // What is held or charged anywhere moves the balance, and so what is spent of the cap.
  willUpdate() {
    if (!limits.credits) return;
    const now = `${limits.credits.balance} ${limits.credits.held}`;
    if (now === this.#seen) return;
    this.#seen = now;
    const asked = ++this.#asked;
    get("/v1/caps").then(
      ({ day }) => asked === this.#asked && this.#told(day),
      () => {},
    );
  }

  #told(day) {
    this.cap = day;
    this.known = true;
  }

  render() {
    return html`<div class="sec-h">
        <h2 id="cap-h">Daily cap</h2>
        <span class="quiet small">The most your account may spend in a day, its keys included.</span>
      </div>
      ${this.known ? html`<div class="sheet pad setting cap">${this.asks ? this.#form() : this.#standing()}</div>` : nothing}`;
  }

  #standing() {
    if (!this.cap)
      return html`<p class="soft">No cap: all that you have may be spent in a day.</p>
        <div class="row-acts"><button type="button" class="b b-s" @click=${() => this.#ask()}>Set a cap</button></div>`;
    return html`${gauge(capGauge(this.cap))}
      <div class="row-acts">
        <button type="button" class="b b-s" @click=${() => this.#ask()}>Change<span class="vh"> the cap</span></button>
        <button type="button" class="b b-s b-bare" aria-disabled=${this.sending ? "true" : "false"} @click=${() => this.#send(null)}>
          Remove<span class="vh"> the cap</span>
        </button>
      </div>`;
  }

  #form() {
    const detail = this.refusal?.at?.("/day");
    const fault = detail ? faultOf("The cap", detail) : null;
    return html`<form aria-label="Daily cap" novalidate @submit=${this.#set}>
      <div class="f">
        <label for="cap-day">Credits a day</label>
        <input
          class="in"
          id="cap-day"
          type="text"
          inputmode="decimal"
          autocomplete="off"
          .value=${this.cap ? String(this.cap.limit) : ""}
          aria-invalid=${fault ? "true" : nothing}
          aria-describedby=${fault ? "cap-day-fault" : "cap-day-hint"}
        />
        ${fault ? html`<p class="hint bad" id="cap-day-fault" role="alert">${fault}</p>` : html`<p class="hint" id="cap-day-hint">What was spent today counts. The day ends at midnight UTC.</p>`}
      </div>
      <div class="row-acts">
        <button class="b b-go" type="submit" aria-disabled=${this.sending ? "true" : "false"}>${this.sending ? "Sending" : "Set cap"}</button>
        <button class="b" type="button" @click=${() => this.#leave()}>Cancel</button>
      </div>
    </form>`;
  }

  async #ask() {
    this.asks = true;
    this.refusal = null;
    await this.updateComplete;
    this.querySelector("#cap-day")?.select();
  }

  async #leave() {
    this.asks = false;
    await this.updateComplete;
    this.querySelector(".cap .b")?.focus();
  }

  #set(event) {
    event.preventDefault();
    this.#send(typed(this.querySelector("#cap-day").value));
  }

  /** A number of credits, null for no cap; what is no number is sent as it is, and the server says what is wrong with it. */
  async #send(day) {
    if (this.sending) return;
    this.sending = true;
    this.refusal = null;
    try {
      const answer = await call("/v1/caps", { method: "PUT", json: { day } });
      this.#asked += 1; // an answer that is still on its way is older than this one
      this.#told((await answer.json()).day);
      toast.say(day === null ? "The cap is removed." : `At most ${credits(day)} a day.`);
      await this.#leave();
    } catch (refusal) {
      this.refusal = refusal;
      if (!refusal.at?.("/day")) complaint.about("The cap stands as it was.", refusal);
      await this.updateComplete;
      this.querySelector("[aria-invalid]")?.focus();
    } finally {
      this.sending = false;
    }
  }
}

customElements.define("mr-cap", Cap);
