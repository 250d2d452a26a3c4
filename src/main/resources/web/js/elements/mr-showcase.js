// The result that is looked at in the gallery: player, facts, and what can be done with it.
import { fileName, playable } from "../assets.js";
import { html, icon, Light, nothing } from "../light.js";
import { credits, modelName, moment, size } from "../words.js";
import "./mr-player.js";

class Showcase extends Light {
  static properties = { run: { attribute: false } };

  updated(changed) {
    const before = changed.get("run");
    if (before && before.id !== this.run.id) {
      this.scrollIntoView({ block: "nearest" });
      this.querySelector("h2").focus({ preventScroll: true });
    }
  }

  render() {
    const { run } = this;
    return html`<section class="sheet player" aria-label="Player">
      <div class="stage"><mr-player .run=${run}></mr-player></div>
      <div class="side">
        <h2 tabindex="-1">${run.prompt}</h2>
        <dl class="kv">
          ${facts(run).map(
            ([name, value]) =>
              html`<div>
                <dt>${name}</dt>
                <dd>${value}</dd>
              </div>`,
          )}
        </dl>
        <div class="row-acts">
          ${run.assets
            .filter(({ url }) => url)
            .slice(0, 1)
            .map((asset) => html`<a class="b b-s" href=${asset.url} download=${fileName(run, asset)}>${icon("down")}Download</a>`)}
          <button type="button" class="b b-s" @click=${() => this.#emit("mr-again")}>${icon("retry")}Make another</button>
          <button type="button" class="b b-s b-bad" @click=${() => this.#emit("mr-remove")}>Delete</button>
        </div>
        <p class="small"><a href="/runs/${run.id}">How this was made</a></p>
      </div>
    </section>`;
  }

  #emit(name) {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true, detail: this.run }));
  }
}

function facts(run) {
  const asset = playable(run);
  const measures = asset?.width
    ? `${size(asset.width, asset.height)}${asset.duration_seconds ? `, ${asset.duration_seconds.toFixed(1)}\u00a0s` : ""}`
    : null;
  return [
    ["Made", moment(run.createdAt)],
    ["Model", modelName(run.model)],
    ["Size", measures],
    ["Seed", run.options?.seed ?? null],
    ["Charged", run.receipt ? html`<b>${credits(run.receipt.charged)}</b>` : null],
  ].filter(([, value]) => value !== null);
}

customElements.define("mr-showcase", Showcase);
