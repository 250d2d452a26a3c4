// The first page: the composer, what is running now, what came before. Empty, it asks a question and offers three ideas.
import { repeat } from "lit/directives/repeat.js";
import { draft } from "../draft.js";
import { html, Light, nothing } from "../light.js";
import { limits } from "../limits.js";
import { models } from "../models.js";
import { runs } from "../runs.js";
import { stop } from "../stopping.js";
import { Watch } from "../store.js";
import { glance, isToday, plural } from "../words.js";
import "../elements/mr-composer.js";
import "../elements/mr-problem.js";
import "../elements/mr-run.js";

const EARLIER = 12;

class Generate extends Light {
  constructor() {
    super();
    new Watch(this, runs, models, limits);
    this.addEventListener("mr-stop", ({ detail }) => stop(detail));
    this.addEventListener("mr-bound", ({ detail }) => runs.boundSoon(detail.id));
    this.addEventListener("mr-again", ({ detail }) => this.#compose(detail));
  }

  firstUpdated() {
    if (runs.loaded) runs.feed.poll();
  }

  render() {
    if (!runs.loaded) {
      return html`<div class="page">
        <h1 class="vh">Generate</h1>
        ${runs.refusal ? html`<mr-problem .refusal=${runs.refusal} .retry=${() => runs.load()}></mr-problem>` : nothing}
      </div>`;
    }
    return runs.all.length ? this.#working() : this.#empty();
  }

  #empty() {
    import("../elements/mr-empty.js");
    import("../elements/mr-ideas.js");
    return html`<div class="page page-narrow">
      <h1 class="hero-h">What would you like to see?</h1>
      <mr-composer greeting></mr-composer>
      <mr-ideas @mr-idea=${({ detail }) => this.#compose(detail)}></mr-ideas>
      <section aria-labelledby="now">
        <h2 id="now" class="vh">Running now</h2>
        <mr-empty
          heading="Nothing is running"
          text="Runs appear here with their progress, the time left and what they have cost so far. Close the page whenever you like; they go on without it."
        ></mr-empty>
      </section>
    </div>`;
  }

  #working() {
    const { underWay, ended } = runs;
    const today = ended.filter(({ createdAt }) => isToday(createdAt));
    const earlier = (today.length ? today : ended).slice(0, EARLIER);
    const held = limits.credits?.held ?? 0;
    return html`<div class="page">
      <h1 class="vh">Generate</h1>
      <mr-composer></mr-composer>
      ${
        underWay.length
          ? html`<section aria-labelledby="now">
              <div class="sec-h">
                <h2 id="now">Running now</h2>
                <span class="quiet small">${plural(underWay.length, "run")}${held ? `, ${glance(held)}\u00a0credits held` : ""}</span>
              </div>
              ${list(underWay)}
            </section>`
          : nothing
      }
      ${
        earlier.length
          ? html`<section aria-labelledby="earlier">
              <div class="sec-h">
                <h2 id="earlier">${today.length ? "Earlier today" : "Earlier"}</h2>
                <a class="r small" href="/gallery">All in the gallery</a>
              </div>
              ${list(earlier)}
            </section>`
          : nothing
      }
    </div>`;
  }

  #compose(run) {
    draft.from(run);
    scrollTo(0, 0);
    this.querySelector("mr-composer").focus();
  }
}

const list = (some) =>
  html`<ol class="sheet runs">
    ${repeat(
      some,
      ({ id }) => id,
      (run) => html`<li><mr-run .run=${run}></mr-run></li>`,
    )}
  </ol>`;

customElements.define("mr-generate", Generate);
