// The options of a model as chips that are fields themselves: a list, a number, a word or a switch.
import { live } from "lit/directives/live.js";
import { html, Light, nothing } from "../light.js";

class Options extends Light {
  static properties = { fields: { attribute: false }, errorId: {} };

  render() {
    return html`<div class="opts">${this.fields.map((field) => this.#chip(field))}</div>`;
  }

  #chip(field) {
    const described = field.error ? this.errorId : nothing;
    if (field.kind === "switch") {
      return html`<button
        type="button"
        class="chip"
        aria-pressed=${field.value ? "true" : "false"}
        @click=${() => this.#choose(field, !field.value)}
      >
        ${field.label}
      </button>`;
    }
    if (field.choices) {
      return html`<label class="chip chip-list" data-invalid=${field.error ? "" : nothing}
        ><span class="vh">${field.label}</span
        ><select
          aria-invalid=${field.error ? "true" : nothing}
          aria-describedby=${described}
          @change=${({ target }) => this.#choose(field, field.choices[target.selectedIndex][0])}
        >
          ${field.choices.map(([value, words]) => html`<option value=${value} .selected=${live(String(value) === String(field.value))}>${words}</option>`)}
        </select></label
      >`;
    }
    const number = field.kind === "number";
    return html`<label class="chip" data-invalid=${field.error ? "" : nothing}
      >${field.label}<input
        type=${number ? "number" : "text"}
        .value=${String(field.value ?? "")}
        placeholder=${String(field.hint ?? "")}
        min=${field.minimum ?? nothing}
        max=${field.maximum ?? nothing}
        step=${number ? field.step : nothing}
        aria-invalid=${field.error ? "true" : nothing}
        aria-describedby=${described}
        @input=${({ target }) => this.#choose(field, target.value === "" ? null : number ? target.valueAsNumber : target.value)}
    /></label>`;
  }

  #choose({ kind, name }, value) {
    const change = kind === "size" ? { width: Number(value.split("x")[0]), height: Number(value.split("x")[1]) } : { [name]: value };
    this.dispatchEvent(new CustomEvent("mr-option", { bubbles: true, composed: true, detail: change }));
  }
}

customElements.define("mr-options", Options);
