// What a made result still goes through before it plays: one bar for each.
import { html, Light } from "../light.js";
import { percent } from "../words.js";

class Steps extends Light {
  static properties = { steps: { attribute: false } };

  render() {
    return html`<ol class="steps">
      ${this.steps.map(({ name, state, part }) => html`<li class=${state}>${name}${state === "ok" ? ", done" : part ? `, ${percent(part)}` : ""}</li>`)}
    </ol>`;
  }

  updated() {
    this.querySelectorAll("li").forEach((item, at) => item.style.setProperty("--part", `${this.steps[at].part ?? 0}%`));
  }
}

customElements.define("mr-steps", Steps);
