// What a run made: a film with its poster, a picture, or a text. A signed address that has run out is asked for once more.
import { film, poster } from "../assets.js";
import { html, Light, nothing } from "../light.js";
import { runs } from "../runs.js";

class Player extends Light {
  static properties = { run: { attribute: false }, at: { state: true } };
  #asked = false;

  willUpdate(changed) {
    if (changed.has("run") && changed.get("run")?.id !== this.run.id) {
      this.at = 0;
      this.#asked = false;
    }
  }

  render() {
    const { run } = this;
    const shown = run.assets.filter((asset) => film(asset) || poster(asset));
    const asset = shown[this.at] ?? shown[0];
    if (!asset) return run.text ? html`<div class="screen screen-text"><p class="out txt">${run.text}</p></div>` : nothing;
    return html`<div class="screen" @error=${{ handleEvent: () => this.#again(), capture: true }}>
        ${
          asset.kind === "video"
            ? html`<video
                controls
                playsinline
                preload="metadata"
                poster=${poster(asset) ?? nothing}
                src=${film(asset)}
                width=${asset.width ?? nothing}
                height=${asset.height ?? nothing}
                aria-label=${run.prompt}
              ></video>`
            : html`<img
                src=${asset.url ?? poster(asset)}
                alt=${run.prompt}
                width=${asset.width ?? nothing}
                height=${asset.height ?? nothing}
              />`
        }
      </div>
      ${
        shown.length > 1
          ? html`<div class="picks" role="group" aria-label="Pictures of this run">
              ${shown.map((each, at) => html`<button type="button" class="pick" aria-pressed=${each === asset ? "true" : "false"} aria-label="Picture ${at + 1} of ${shown.length}" @click=${() => (this.at = at)}><img src=${poster(each)} alt="" loading="lazy" /></button>`)}
            </div>`
          : nothing
      }`;
  }

  #again() {
    if (this.#asked) return;
    this.#asked = true;
    runs.refresh(this.run.id).catch(() => {});
  }
}

customElements.define("mr-player", Player);
