// Where a run is written: what kind, by which model, with which options, at which price; then the button.
import { live } from "lit/directives/live.js";
import { announcer } from "../announcer.js";
import { idempotencyKey } from "../api.js";
import { clock } from "../clock.js";
import { draft } from "../draft.js";
import { html, Light, nothing } from "../light.js";
import { limits } from "../limits.js";
import { models } from "../models.js";
import { shortfall, unitPrice } from "../money.js";
import { fieldsOf, optionsFor } from "../options.js";
import { Quoting } from "../quoting.js";
import { runs } from "../runs.js";
import { Watch } from "../store.js";
import { amount, credits, duration, fault as faultOf, modelName, secondsUntil } from "../words.js";
import "./mr-note.js";
import "./mr-options.js";
import "./mr-quote.js";

const KINDS = [
  ["image", "Image"],
  ["video", "Video"],
  ["text", "Text"],
];
const COMBO = /Mac|iPhone|iPad/.test(navigator.platform) ? "\u2318 \u21b5" : "Ctrl \u21b5";
const PLACEHOLDERS = {
  image: "A paper boat in a storm, seen from the harbour wall",
  video: "A paper boat in a storm, slow push in",
  text: "Explain how a mill wheel turns falling water into work",
};

class Composer extends Light {
  static properties = { greeting: { type: Boolean }, sending: { state: true }, refusal: { state: true } };
  #quoting = new Quoting();
  #sent = null; // {text, key} of the last try: the same text is the same call

  constructor() {
    super();
    new Watch(this, draft, models, limits, this.#quoting, clock);
    draft.addEventListener("change", () => (this.refusal = this.refusal?.status === 429 ? this.refusal : null));
  }

  focus() {
    this.querySelector("textarea")?.focus();
  }

  get #model() {
    const { kind, model } = draft.now;
    const own = models.find(model);
    return own?.kind === kind ? own : (models.of(kind)[0] ?? null);
  }

  get #body() {
    const { kind, prompt, options } = draft.now;
    const model = this.#model;
    if (!model || prompt.trim() === "") return null;
    return { kind, model: model.id, prompt, options: optionsFor(model, options) };
  }

  willUpdate() {
    if (models.all.length) this.#quoting.ask(this.#body);
  }

  render() {
    const { kind, prompt } = draft.now;
    const model = this.#model;
    const fault = this.refusal ?? (this.#quoting.refusal?.status === 400 ? this.#quoting.refusal : null);
    const fields = fieldsOf(model, draft.now.options).map((field) => ({
      ...field,
      error:
        fault && (field.kind === "size" ? (fault.at("/options/width") ?? fault.at("/options/height")) : fault.at(`/options/${field.name}`)),
    }));
    const promptFault = fault?.at("/prompt") ? faultOf("The prompt", fault.at("/prompt")) : null;
    const wrong = fields.find(({ error }) => error);
    const optionFault = wrong ? faultOf(wrong.label, wrong.error) : fault?.at("/options");
    return html`<form
      class="sheet composer"
      aria-label="New generation"
      @submit=${this.#submit}
      @keydown=${this.#key}
      @mr-option=${this.#option}
    >
      <div class="composer-top">
        <fieldset class="seg">
          <legend class="vh">What to make</legend>
          ${KINDS.map(([value, label]) => html`<label><input type="radio" name="kind" value=${value} .checked=${kind === value} @change=${() => draft.change({ kind: value, model: null })} /> ${label}</label>`)}
        </fieldset>
        <div class="model">
          <label class="vh" for="model">Model</label>
          <select
            class="in in-s"
            id="model"
            aria-invalid=${fault?.at("/model") ? "true" : nothing}
            @change=${({ target }) => draft.change({ model: target.value })}
          >
            ${models.of(kind).map((each) => html`<option value=${each.id} .selected=${live(each.id === model?.id)}>${modelName(each.id)}${each.price?.length ? `, ${unitPrice(each.price)}` : ""}</option>`)}
          </select>
        </div>
      </div>
      <label class="vh" for="prompt">Prompt</label>
      <textarea
        id="prompt"
        rows="2"
        placeholder=${PLACEHOLDERS[kind]}
        .value=${prompt}
        aria-invalid=${promptFault ? "true" : nothing}
        aria-describedby=${promptFault ? "prompt-fault" : nothing}
        @input=${({ target }) => draft.change({ prompt: target.value })}
      ></textarea>
      ${promptFault ? html`<p class="hint bad fault" id="prompt-fault">${promptFault}</p>` : nothing}
      <mr-options .fields=${fields} .errorId=${"option-fault"}></mr-options>
      ${optionFault ? html`<p class="hint bad fault" id="option-fault">${optionFault}</p>` : nothing}
      ${this.#notice(fault, promptFault || optionFault)}
      <div class="quote">
        <mr-quote
          .quote=${this.#quoting.quote}
          ?stale=${this.#quoting.stale}
          .first=${this.greeting && limits.credits ? `Your first ${credits(limits.credits.balance).replace(/\.00/, "")} are on the house.` : null}
        ></mr-quote>
        <div class="go">
          <button type="submit" class="b b-go" aria-disabled=${this.#ready ? "false" : "true"}>
            ${this.sending ? "Sending" : "Generate"} <kbd aria-hidden="true">${COMBO}</kbd>
          </button>
        </div>
      </div>
    </form>`;
  }

  get #ready() {
    const body = this.#body;
    const priced = body && (this.#quoting.covers(body) || this.#quoting.refusal); // nobody is kept from trying by a price that does not come
    return Boolean(priced) && !this.sending && !this.#short && this.#wait === 0;
  }

  get #short() {
    return this.#quoting.quote && limits.credits ? shortfall(this.#quoting.quote, limits.credits) : null;
  }

  get #wait() {
    return this.refusal?.until ? secondsUntil(this.refusal.until) : 0;
  }

  // What stands between the price and the button, besides what is said under a field.
  #notice(fault, shown) {
    const note = (tone, strong, text) => html`<mr-note class="inset" .tone=${tone} .strong=${strong} .text=${text}></mr-note>`;
    if (fault?.status === 402) {
      const { missing, remedy } = fault.problem;
      return note("bad", missing ? `${amount(missing)} credits short.` : "Not enough credits.", `${fault.message} ${remedy ?? ""}`);
    }
    if (fault?.status === 429 && !fault.full) return this.#wait > 0 ? note("warn", "Not yet.", fault.message) : nothing;
    if (fault?.status === 429) {
      return this.#wait > 0 ? note("warn", "That was fast.", `Next one in ${duration(this.#wait)}.`) : nothing;
    }
    if (fault?.unanswered) return note("warn", "No answer.", "We do not know whether it began. Press again: it is sent once only.");
    if (fault && !shown) return note("bad", fault.problem.title ?? "That did not work.", fault.message);
    const short = this.#short;
    return short && !this.#quoting.stale ? note("bad", short.missing, `${short.detail} ${short.remedy}`) : nothing;
  }

  #option({ detail }) {
    draft.change({ options: { ...draft.now.options, ...detail } });
  }

  #key(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.#submit(event);
  }

  async #submit(event) {
    event.preventDefault();
    const body = this.#body;
    if (!body || !this.#ready) return this.focus();
    const text = JSON.stringify(body);
    if (this.#sent?.text !== text) this.#sent = { text, key: idempotencyKey() };
    this.sending = true;
    this.refusal = null;
    try {
      const quote = this.#quoting.for(body);
      await runs.create(quote ? { ...body, quote } : body, this.#sent.key);
      this.#sent = null;
      draft.sent();
      announcer.say("Sent.");
    } catch (refusal) {
      this.#refused(refusal);
    } finally {
      this.sending = false;
    }
  }

  #refused(refusal) {
    if (!refusal.unanswered) this.#sent = null;
    if (refusal.status === 429) {
      refusal.until = Date.now() + (refusal.retryAfter ?? 5) * 1000;
      if (refusal.full) limits.refused(refusal.retryAfter ?? 5);
    }
    if (refusal.status === 402) limits.refresh();
    this.refusal = refusal;
    announcer.say(refusal.problem.errors?.[0]?.detail ?? refusal.message ?? refusal.problem.title, { must: true });
    if (refusal.at("/prompt")) this.focus();
  }
}

customElements.define("mr-composer", Composer);
