// Three things to begin with, each with its price as the server quotes it.
import { post } from "../api.js";
import { html, Light, nothing } from "../light.js";
import { models } from "../models.js";
import { Watch } from "../store.js";
import { credits } from "../words.js";

const IDEAS = [
  { kind: "image", what: "Image", prompt: "A kingfisher on a branch, cut-paper poster, muted teal and orange", options: {} },
  {
    kind: "video",
    what: "Video, 4\u00a0s",
    prompt: "Layered mountain ridges at first light, slow drift to the left",
    options: { seconds: 4 },
  },
  { kind: "text", what: "Text", prompt: "Explain how a mill wheel turns falling water into work", options: {} },
];

class Ideas extends Light {
  static properties = { costs: { state: true } };

  constructor() {
    super();
    this.costs = null;
    new Watch(this, models);
  }

  willUpdate() {
    if (!this.costs && models.all.length) this.#price();
  }

  render() {
    return html`<div class="ideas">
      ${IDEAS.map((idea, at) => html`<button type="button" class="idea" @click=${() => this.#choose(idea)}>${idea.prompt}<span>${idea.what}${this.#cost(at)}</span></button>`)}
    </div>`;
  }

  #cost(at) {
    const cost = this.costs?.[at];
    return cost ? html` · ${cost.minimum === cost.maximum ? nothing : "about "}${credits(cost.expected)}` : nothing;
  }

  #price() {
    this.costs = [];
    IDEAS.forEach(async ({ kind, prompt, options }, at) => {
      const model = models.of(kind)[0];
      if (!model) return;
      const answer = await post("/v1/estimates", { kind, model: model.id, prompt, options }).catch(() => null);
      const cost = (await answer?.json())?.cost;
      if (cost) this.costs = Object.assign([...this.costs], { [at]: cost });
    });
  }

  #choose({ kind, prompt, options }) {
    this.dispatchEvent(new CustomEvent("mr-idea", { detail: { kind, model: null, prompt, options } }));
  }
}

customElements.define("mr-ideas", Ideas);
