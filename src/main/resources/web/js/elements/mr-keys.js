// API keys: made here, told once, revoked here.
import { get, idempotencyKey, once, remove } from "../api.js";
import { complaint } from "../complaint.js";
import { html, Light, nothing } from "../light.js";
import { toast } from "../toast.js";
import { typed } from "../typed.js";
import { amount, fault as faultOf, glance, moment } from "../words.js";
import { ask } from "./mr-dialog.js";

class Keys extends Light {
  static properties = {
    all: { state: true },
    making: { state: true },
    sending: { state: true },
    refusal: { state: true },
    fresh: { state: true },
  };
  #attempt = null;

  constructor() {
    super();
    this.all = [];
    this.making = this.sending = false;
    this.refusal = this.fresh = null;
    this.#read();
  }

  async #read() {
    try {
      const [{ data }, caps] = await Promise.all([get("/v1/api-keys?limit=100"), get("/v1/caps")]);
      const spent = new Map(caps.keys.map((key) => [key.id, key.spent]));
      this.all = data.map((key) => ({ ...key, spent: spent.get(key.id) ?? 0 }));
    } catch {
      // what was there before stays
    }
  }

  render() {
    return html`<div class="sec-h">
        <h2 id="keys-h">API keys</h2>
        ${this.making ? nothing : html`<span class="r"><button type="button" class="b b-s" @click=${() => this.#begin()}>New key</button></span>`}
      </div>
      ${this.making ? this.#form() : nothing}${this.fresh ? this.#told() : nothing}
      ${this.all.length ? this.#table() : html`<p class="small quiet">None yet. A key lets a program call in your name, within a cap of yours.</p>`}`;
  }

  #form() {
    return html`<form class="sheet pad keys" aria-label="New API key" novalidate @submit=${this.#make}>
      ${this.#field("key-name", "Name", "text", this.#fault("Name", "/name"))}
      ${this.#field("key-cap", "Cap a day, in credits; empty for none", "text", this.#fault("The cap", "/cap_day"))}
      <div class="row-acts">
        <button class="b b-go" type="submit" aria-disabled=${this.sending ? "true" : "false"}>${this.sending ? "Sending" : "Make key"}</button>
        <button class="b" type="button" @click=${() => (this.making = false)}>Cancel</button>
      </div>
    </form>`;
  }

  #field(name, label, type, fault) {
    return html`<div class="f">
      <label for=${name}>${label}</label>
      <input
        class="in"
        id=${name}
        name=${name}
        type=${type}
        inputmode=${name === "key-cap" ? "decimal" : nothing}
        autocomplete="off"
        aria-invalid=${fault ? "true" : nothing}
        aria-describedby=${fault ? `${name}-fault` : nothing}
      />
      ${fault ? html`<p class="hint bad" id="${name}-fault" role="alert">${fault}</p>` : nothing}
    </div>`;
  }

  #fault(label, pointer) {
    const detail = this.refusal?.at?.(pointer);
    return detail ? faultOf(label, detail) : null;
  }

  #told() {
    return html`<div class="sheet pad keys" role="status">
      <p><b>${this.fresh.name}</b> is made. Copy the key now: it is not shown again.</p>
      <p class="mono key">${this.fresh.key}</p>
      <div class="row-acts">
        <button type="button" class="b b-go" @click=${() => this.#copy()}>Copy</button>
        <button type="button" class="b" @click=${() => (this.fresh = null)}>Done</button>
      </div>
    </div>`;
  }

  #table() {
    return html`<div class="sheet scroll" tabindex="0" role="group" aria-label="API keys table">
      <table class="cards">
        <caption class="vh">
          API keys
        </caption>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Key</th>
            <th scope="col">Last used</th>
            <th scope="col">Cap a day</th>
            <th scope="col"><span class="vh">Actions</span></th>
          </tr>
        </thead>
        <tbody>
          ${this.all.map(
            (each) =>
              html`<tr>
                <th scope="row">${each.name}</th>
                <td class="mono" data-l="Key">mr_…${each.hint}</td>
                <td data-l="Used">${each.last_used_at ? moment(each.last_used_at) : "never"}</td>
                <td data-l="Cap">${each.cap_day === null ? "none" : html`${amount(each.cap_day)}, ${glance(each.spent)} of it spent today`}</td>
                <td class="num">
                  <button type="button" class="b b-s b-bare" @click=${() => this.#revoke(each)}>Revoke<span class="vh"> ${each.name}</span></button>
                </td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }

  async #begin() {
    this.making = true;
    this.refusal = this.fresh = null;
    this.#attempt = null;
    await this.updateComplete;
    this.querySelector("#key-name")?.focus();
  }

  async #make(event) {
    event.preventDefault();
    if (this.sending) return;
    const fields = event.target.elements;
    const cap = fields["key-cap"].value.trim();
    const wish = { name: fields["key-name"].value, ...(cap ? { cap_day: typed(cap) } : {}) };
    // the same wish sent again after a lost answer is the same key
    const said = JSON.stringify(wish);
    if (this.#attempt?.said !== said) this.#attempt = { said, key: idempotencyKey() };
    this.sending = true;
    this.refusal = null;
    try {
      this.fresh = await (await once("/v1/api-keys", wish, this.#attempt.key)).json();
      this.making = false;
      await this.#read();
    } catch (refusal) {
      this.refusal = refusal;
      if (!refusal.errors?.length) complaint.about("The key was not made.", refusal);
      await this.updateComplete;
      this.querySelector("[aria-invalid]")?.focus();
    } finally {
      this.sending = false;
    }
  }

  async #copy() {
    try {
      await navigator.clipboard.writeText(this.fresh.key);
      toast.say("Copied.");
    } catch {
      // plain http has no clipboard: the text is there to be selected
      getSelection().selectAllChildren(this.querySelector(".key"));
    }
  }

  async #revoke(each) {
    const sure = await ask({
      title: `Revoke ${each.name}?`,
      text: "Programs that use it are refused from now on. This cannot be taken back.",
      safe: "Keep it",
      act: "Revoke",
    });
    if (!sure) return;
    await remove(`/v1/api-keys/${each.id}`).then(
      () => toast.say("Revoked."),
      (refusal) => complaint.about("The key was not revoked.", refusal),
    );
    await this.#read();
  }
}

customElements.define("mr-keys", Keys);
