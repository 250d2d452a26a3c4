// Nothing here: a dry channel and a still wheel, one line, and one thing to do.
import { html, Light, nothing } from "../light.js";

class Empty extends Light {
  static properties = { heading: {}, text: {}, act: { attribute: false }, sheet: { type: Boolean } };

  render() {
    return html`<div class=${this.sheet ? "sheet empty" : "empty"}>
      <svg viewBox="0 0 240 90" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" aria-hidden="true">
        <path d="M4 24h118M4 34h112M4 24v10"></path>
        <circle cx="140" cy="58" r="26"></circle>
        <circle cx="140" cy="58" r="4"></circle>
        <path
          d="M147.4 61 168.7 69.8M143.1 65.4l8.8 21.2M137 65.4l-8.800 21.300M132.600 61.100 111.400 69.900M132.600 55 111.300 46.200M136.900 50.600l-8.800-21.200M143 50.600l8.800-21.300M147.400 54.900l21.200-8.800"
        ></path>
        <path d="M176 84h60M92 84h14" stroke-dasharray="1 7"></path>
      </svg>
      <h2>${this.heading}</h2>
      <p>${this.text}</p>
      ${this.act ? html`<p class="block-s">${this.act}</p>` : nothing}
    </div>`;
  }
}

customElements.define("mr-empty", Empty);
