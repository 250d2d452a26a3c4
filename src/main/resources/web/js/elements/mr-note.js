// A notice inside the page: something to know, to look at (warn) or to mend (bad).
import { html, icon, Light, nothing } from "../light.js";

class Note extends Light {
  static properties = { tone: {}, strong: {}, text: {}, close: { attribute: false } };

  render() {
    return html`<p class=${this.tone ? `note n-${this.tone}` : "note"}>
      ${icon(this.tone ? "alert" : "check", false)}<span><b>${this.strong}</b> ${this.text}</span
      >${this.close ? html`<button type="button" class="b b-s b-bare" @click=${this.close}>Close</button>` : nothing}
    </p>`;
  }
}

customElements.define("mr-note", Note);
