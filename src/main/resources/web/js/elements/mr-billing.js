// What can be bought. Paying happens at the payment service; whoever comes back from there sees the credits arrive by themselves.
import { get, idempotencyKey, post } from "../api.js";
import { html, Light, nothing } from "../light.js";
import { limits } from "../limits.js";
import { price } from "../prices.js";
import { router } from "../router.js";
import { perTab } from "../storage.js";
import { Watch } from "../store.js";
import { toast } from "../toast.js";
import { credits, date } from "../words.js";
import "./mr-note.js";

const BEFORE = "balance-before-buying";
const LOOK_AGAIN = 2_000;
const PATIENCE = 90_000;

class Billing extends Light {
  static properties = { billing: { state: true }, busy: { state: true }, refusal: { state: true }, waits: { state: true } };

  #before = null;
  #timer = null;

  constructor() {
    super();
    new Watch(this, limits);
    this.billing = null;
    this.busy = null;
    this.waits = false;
    this.#read();
    const query = router.page.query;
    if (query.get("checkout") === "done") this.#await(query);
    else if (query.has("checkout")) this.#forget(query);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  async #read() {
    try {
      this.billing = await get("/v1/billing");
      // on a small screen it is far down the page
      if (this.waits && (await this.updateComplete)) this.querySelector("section")?.scrollIntoView();
    } catch {
      this.billing = null; // the rest of the page says what is wrong
    }
  }

  // The payment service tells the server, often after it has sent the person back: the balance is looked at until it has risen.
  #await(query) {
    this.waits = true;
    const until = Date.now() + PATIENCE;
    const look = async () => {
      await limits.refresh();
      const now = limits.credits?.balance;
      this.#before ??= perTab.read(BEFORE) ?? now;
      if (now > this.#before || Date.now() > until) {
        this.waits = false;
        this.#forget(query);
        if (now > this.#before) toast.say(`${credits(now - this.#before)} have arrived.`);
        this.#read();
      } else this.#timer = setTimeout(look, LOOK_AGAIN);
    };
    look();
  }

  #forget(query) {
    query.delete("checkout");
    router.note(query);
  }

  async #buy(what) {
    this.busy = Object.values(what)[0];
    this.refusal = null;
    try {
      const answer = await post("/v1/checkouts", what, { headers: { "Idempotency-Key": idempotencyKey() } });
      perTab.write(BEFORE, limits.credits?.balance ?? null); // the page that pays is another page
      location.assign((await answer.json()).url);
    } catch (refusal) {
      this.refusal = refusal;
      this.busy = null;
    }
  }

  async #portal() {
    this.busy = "portal";
    this.refusal = null;
    try {
      location.assign((await (await post("/v1/portal-sessions")).json()).url);
    } catch (refusal) {
      this.refusal = refusal;
      this.busy = null;
    }
  }

  render() {
    const { billing } = this;
    if (!billing?.available) return nothing;
    return html`<section id="billing" aria-labelledby="billing-h"><div class="sec-h">
        <h2 id="billing-h">Billing</h2>
        <span class="quiet small">${standing(billing.subscription)}</span>
        ${billing.subscription ? html`<span class="r"><button type="button" class="b b-s" aria-disabled=${this.busy ? "true" : "false"} @click=${() => this.#portal()}>Cards and invoices</button></span>` : nothing}
      </div>
      <p role="status" class="small quiet">${this.waits ? "Your payment is being confirmed. The credits appear here by themselves." : nothing}</p>
      ${this.refusal ? html`<mr-note tone="bad" .strong=${`${this.refusal.problem.title}.`} .text=${this.refusal.problem.detail}></mr-note>` : nothing}
      <div class="sheet packs">
        ${billing.packs.map((pack) => this.#offer(pack, "once", { pack: pack.id }, `Buy ${pack.credits.toLocaleString("en")}`))}
      </div>
      ${billing.subscription ? nothing : html`<div class="sheet packs plans">${billing.plans.map((plan) => this.#offer(plan, "a month", { plan: plan.id }, `Choose ${plan.name}`))}</div>`}
    </section>`;
  }

  #offer(offer, often, what, label) {
    const words = often === "once" ? nothing : html`<span class="soft">${credits(offer.credits)} each month</span>`;
    return html`<div class="pack">
      <b>${offer.name}</b>${words}<span class="soft">${price(offer.amount, offer.currency)}, ${often}</span>
      <button type="button" class="b b-s" aria-disabled=${this.busy ? "true" : "false"} @click=${() => this.busy || this.#buy(what)}>${label}</button>
    </div>`;
  }
}

function standing(subscription) {
  if (!subscription) return "Credits that you buy do not expire.";
  const { status, period_end: end, cancel_at_period_end: ends } = subscription;
  if (status === "past_due") return "The last payment did not go through. Look after your card.";
  if (!end) return "";
  return ends ? `Your plan ends on ${date(end)}` : `Next payment on ${date(end)}`;
}

customElements.define("mr-billing", Billing);
