// Chips and a search over what the gallery shows. Their state lives in the address.
import { html, icon, Light, nothing } from "../light.js";
import { count } from "../words.js";

class Filters extends Light {
  static properties = { choices: { attribute: false }, chosen: {}, search: {} };

  render() {
    return html`<div class="filters" role="search">
      <div class="find">
        <label class="vh" for="find">Search prompts</label>${icon("find")}<input
          class="in in-s"
          id="find"
          type="search"
          placeholder="Search prompts"
          .value=${this.search ?? ""}
          @input=${({ target }) => this.#emit({ search: target.value })}
        />
      </div>
      ${this.choices.map(([value, label, number]) => html`<button type="button" class="chip" aria-pressed=${value === this.chosen ? "true" : "false"} @click=${() => this.#emit({ chosen: value })}>${label}${number === null ? nothing : html` <b>${count(number)}</b>`}</button>`)}
    </div>`;
  }

  #emit(detail) {
    this.dispatchEvent(new CustomEvent("mr-filter", { bubbles: true, composed: true, detail }));
  }
}

customElements.define("mr-filters", Filters);
