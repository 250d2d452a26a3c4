// One result in the gallery: its picture and, under it, what it is, what it cost and when it was made. A video that is pointed at or
// focused is told in small pictures.
import { playable, still, storyboard } from "../assets.js";
import { html, icon, Light, nothing } from "../light.js";
import { motion } from "../motion.js";
import { credits, length, shortMoment } from "../words.js";

const KINDS = { image: "Image", video: "Video", text: "Text" };

class Tile extends Light {
  static properties = { run: { attribute: false }, href: {}, shown: { type: Boolean }, wide: { type: Boolean }, told: { state: true } };

  render() {
    const { run } = this;
    const asset = playable(run);
    const track = asset && this.told ? storyboard(asset) : null;
    const refused = run.assets.find(({ error }) => error)?.error.detail;
    const cost = run.receipt ? ` \u00b7 ${credits(run.receipt.charged)}` : "";
    return html`<div class="tile">
      <a class="pic" href=${this.href} aria-current=${this.shown ? "true" : nothing} @pointerenter=${this.#tell} @focus=${this.#tell} @pointerleave=${this.#still} @blur=${this.#still}>
        ${asset ? html`<img src=${still(asset, 640) ?? ""} alt="" loading="lazy" />` : run.text ? html`<span class="excerpt">${run.text.trim().slice(0, 700)}</span>` : html`<span class="blank">${icon("alert", false)}${refused ? html`<span>${refused}</span>` : nothing}</span>`}
        ${track ? html`<mr-storyboard .track=${track}></mr-storyboard>` : nothing}
        ${asset?.duration_seconds ? html`<span class="len"><span class="vh">Length </span>${length(asset.duration_seconds)}</span>` : run.assets.length > 1 ? html`<span class="len">${run.assets.length}<span class="vh"> pictures</span></span>` : nothing}
        <span class="vh">${run.prompt}</span>
      </a>
      <p aria-hidden="true">${run.prompt}</p>
      <p>${KINDS[run.kind]}${cost} · ${shortMoment(run.createdAt)}</p>
    </div>`;
  }

  async #tell() {
    const asset = playable(this.run);
    if (!motion.on || !asset || !storyboard(asset)) return;
    this.told = true;
    await import("./mr-storyboard.js");
  }

  #still() {
    this.told = false;
  }
}

customElements.define("mr-tile", Tile);
