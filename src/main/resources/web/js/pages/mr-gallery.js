// What was made: a player, filters, tiles. Which one plays and what is filtered stands in the address.
import { repeat } from "lit/directives/repeat.js";
import { Archive } from "../archive.js";
import { complaint } from "../complaint.js";
import { draft } from "../draft.js";
import { html, Light, nothing } from "../light.js";
import { router } from "../router.js";
import { removeRun } from "../stopping.js";
import { runs } from "../runs.js";
import { Watch } from "../store.js";
import "../elements/mr-empty.js";
import "../elements/mr-filters.js";
import "../elements/mr-problem.js";
import "../elements/mr-showcase.js";
import "../elements/mr-tile.js";

const KINDS = [
  ["", "All"],
  ["image", "Images"],
  ["video", "Videos"],
  ["text", "Texts"],
];
const STEP = 42;

class Gallery extends Light {
  static properties = { limit: { state: true }, tooOld: { state: true } };
  #archive = new Archive();

  constructor() {
    super();
    this.limit = STEP;
    new Watch(this, router, runs, this.#archive);
    this.#archive.more();
    this.addEventListener("mr-filter", ({ detail }) => this.#filter(detail));
    this.addEventListener("mr-again", ({ detail }) => this.#again(detail));
    this.addEventListener("mr-remove", ({ detail }) => this.#remove(detail));
  }

  render() {
    const { query } = router.page;
    const kind = query.get("kind") ?? "";
    const search = query.get("q") ?? "";
    const all = this.#archive.results;
    const found = all.filter((run) => (kind === "" || run.kind === kind) && run.prompt.toLowerCase().includes(search.toLowerCase()));
    const shown = this.#shown(query.get("show"), found);
    if (this.#archive.refusal && !all.length)
      return page(html`<mr-problem .refusal=${this.#archive.refusal} .retry=${() => this.#archive.more()}></mr-problem>`);
    if (!all.length) {
      if (!this.#archive.complete) return page(nothing);
      return page(
        html`<mr-empty
          sheet
          heading="Nothing here yet"
          text="What you make is kept here until you delete it."
          .act=${html`<a class="b" href="/">Make something</a>`}
        ></mr-empty>`,
      );
    }
    const counts = KINDS.map(([value, label]) => [
      value,
      label,
      this.#archive.complete ? all.filter((run) => value === "" || run.kind === value).length : null,
    ]);
    const tiles = found.slice(0, this.limit);
    return page(
      html`${shown ? html`<mr-showcase .run=${shown}></mr-showcase>` : nothing}
        <section aria-label="All results">
          <mr-filters .choices=${counts} .chosen=${kind} .search=${search}></mr-filters>
          ${
            tiles.length
              ? html`<div class="tiles">
                  ${repeat(
                    tiles,
                    ({ id }) => id,
                    (run, at) =>
                      html`<mr-tile
                        class=${at % 7 < 2 || at % 7 > 4 ? "wide" : ""}
                        .run=${run}
                        .href=${this.#address({ show: run.id })}
                        ?shown=${run.id === shown?.id}
                      ></mr-tile>`,
                  )}
                </div>`
              : html`<mr-empty
                  heading="Nothing fits"
                  text=${this.#archive.complete ? "No prompt has these words." : "Looking further back."}
                ></mr-empty>`
          }
          ${found.length > this.limit || !this.#archive.complete ? html`<p class="older"><button type="button" class="b" @click=${this.#older}>Older</button></p>` : nothing}
        </section>`,
    );
  }

  updated() {
    const { query } = router.page;
    // A search, and a run asked for by its address, are looked for to the end.
    const wanted = query.get("show") && !this.#archive.results.some(({ id }) => id === query.get("show"));
    if (!this.#archive.complete && !this.#archive.refusal && (query.get("q") || wanted)) this.#archive.more();
  }

  #shown(id, found) {
    return (id && this.#archive.results.find((run) => run.id === id)) || found.find((run) => run.assets.length) || null;
  }

  #address(change) {
    const query = new URLSearchParams(router.page.query);
    for (const [name, value] of Object.entries(change)) {
      if (value) query.set(name, value);
      else query.delete(name);
    }
    const text = query.toString();
    return text ? `/gallery?${text}` : "/gallery";
  }

  #filter({ chosen, search }) {
    const change = chosen === undefined ? { q: search } : { kind: chosen };
    router.go(this.#address({ ...change, show: null }), { replace: true });
  }

  async #older() {
    this.limit += STEP;
    if (this.#archive.results.length < this.limit) await this.#archive.more();
  }

  #again(run) {
    draft.from(run);
    router.go("/");
  }

  async #remove(run) {
    try {
      if (!(await removeRun(run))) return;
      this.#archive.forget(run.id);
      router.go(this.#address({ show: null }), { replace: true });
      this.querySelector("h1")?.focus();
    } catch (refusal) {
      complaint.about("It was not deleted.", refusal);
    }
  }
}

const page = (content) =>
  html`<div class="page">
    <div class="page-h"><h1 tabindex="-1">Gallery</h1></div>
    ${content}
  </div>`;

customElements.define("mr-gallery", Gallery);
