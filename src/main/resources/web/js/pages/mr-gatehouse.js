// Signing in and signing up, beside the drawing of the stream and the wheel.
import { brand } from "../brand.js";
import { clock } from "../clock.js";
import { html, Light, nothing } from "../light.js";
import { router } from "../router.js";
import { session } from "../session.js";
import { Watch } from "../store.js";
import { count, duration, fault as faultOf, secondsUntil } from "../words.js";
import { send } from "../http.js";
import "../elements/mr-art.js";
import "../elements/mr-note.js";

class Gatehouse extends Light {
  static properties = { up: { type: Boolean }, sending: { state: true }, refusal: { state: true }, gift: { state: true } };

  constructor() {
    super();
    new Watch(this, session, clock);
    send("/v1/plans").then(
      async (answer) => (this.gift = giftOf(await answer.json())),
      () => {},
    );
  }

  willUpdate(changed) {
    if (changed.has("up")) this.refusal = null;
  }

  render() {
    const other = this.up ? "/sign-in" : "/sign-up";
    const title = this.up ? "Create an account" : "Sign in";
    const gift = this.gift ? `, ${count(this.gift)} credits included` : "";
    return html`<div class="gatehouse">
      <main class="form" id="main" tabindex="-1">
        ${brand()}
        <form aria-label=${title} novalidate @submit=${this.#submit}>
          <h1>${title}</h1>
          <p class="lead">
            ${this.up ? `Describe it, watch it come, pay for what you get${gift}.` : "Your runs kept going while you were away."}
          </p>
          ${session.reason ? html`<mr-note .strong=${session.reason} .text=${"Sign in to go on where you were."}></mr-note>` : nothing}
          ${this.#field("email", "Email", "email", "username", this.#fault("Email"))}
          ${this.#field("password", "Password", "password", this.up ? "new-password" : "current-password", this.#passwordFault())}
          <button class="b b-go" type="submit" aria-disabled=${this.sending || this.#wait ? "true" : "false"}>
            ${this.sending ? "Sending" : title}
          </button>
          <p class="soft">
            ${this.up ? html`Already here? <a href=${other + location.search}>Sign in</a>.` : html`New here? <a href=${other + location.search}>Create an account</a>${gift}.`}
          </p>
        </form>
        <p class="small quiet">No card needed. You see the price before every run.</p>
      </main>
      <div class="art"><mr-art></mr-art></div>
    </div>`;
  }

  #field(name, label, type, autocomplete, fault) {
    return html`<div class="f">
      <label for=${name}>${label}</label>
      <input
        class="in"
        id=${name}
        name=${name}
        type=${type}
        autocomplete=${autocomplete}
        required
        aria-invalid=${fault ? "true" : nothing}
        aria-describedby=${fault ? `${name}-fault` : nothing}
      />
      ${fault ? html`<p class="hint bad" id="${name}-fault" role="alert">${fault}</p>` : nothing}
    </div>`;
  }

  #fault(label) {
    const detail = this.refusal?.at(`/${label.toLowerCase()}`);
    return detail ? faultOf(label, detail) : null;
  }

  get #wait() {
    return this.refusal?.until ? secondsUntil(this.refusal.until) : 0;
  }

  // What belongs to no field of its own is said under the last one, next to the button.
  #passwordFault() {
    const { refusal } = this;
    if (!refusal) return null;
    if (refusal.status === 429) return this.#wait ? `Too many tries. The next one in ${duration(this.#wait)}.` : null;
    if (refusal.code === "invalid_credentials") return "That email and password do not go together.";
    if (refusal.unanswered) return "We could not reach the server. Nothing was sent twice; try again.";
    return this.#fault("Password") ?? (refusal.errors.length ? null : refusal.message);
  }

  async #submit(event) {
    event.preventDefault();
    if (this.sending || this.#wait) return;
    const fields = event.target.elements;
    const details = { email: fields.email.value.trim(), password: fields.password.value };
    this.sending = true;
    this.refusal = null;
    try {
      await (this.up ? session.signUp(details) : session.signIn(details));
      router.changed();
    } catch (refusal) {
      if (refusal.status === 429) refusal.until = Date.now() + (refusal.retryAfter ?? 60) * 1000;
      this.refusal = refusal;
      await this.updateComplete;
      this.querySelector("[aria-invalid]")?.focus();
    } finally {
      this.sending = false;
    }
  }
}

const giftOf = ({ data }) => (data ?? []).find(({ id, name }) => id === "free" || name === "free")?.credits_once ?? null;

customElements.define("mr-gatehouse", Gatehouse);
