// A video told in small pictures, one after the other, for as long as the element is there.
import { html, Light } from "../light.js";
import { picturesOf } from "../storyboard.js";

const EACH = 450; // ms

class Storyboard extends Light {
  static properties = { track: {} };
  #stop = null;

  render() {
    return html`<canvas width="160" height="90" aria-hidden="true"></canvas>`;
  }

  firstUpdated() {
    this.#stop = new AbortController();
    this.#tell(this.#stop.signal).catch(() => {}); // the still under it says enough
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#stop?.abort();
  }

  async #tell(signal) {
    const answer = await fetch(this.track, { signal });
    if (!answer.ok) return;
    const pictures = picturesOf(await answer.text(), this.track);
    const sheets = new Map();
    const canvas = this.querySelector("canvas");
    for (let at = 0; pictures.length && !signal.aborted; at = (at + 1) % pictures.length) {
      const { sheet, x, y, width, height } = pictures[at];
      if (!sheets.has(sheet)) sheets.set(sheet, await loaded(sheet));
      if (signal.aborted) return;
      canvas.getContext("2d").drawImage(sheets.get(sheet), x, y, width, height, 0, 0, canvas.width, canvas.height);
      this.toggleAttribute("data-shown", true);
      await new Promise((next) => setTimeout(next, EACH));
    }
  }
}

async function loaded(address) {
  const image = new Image();
  image.src = address;
  await image.decode();
  return image;
}

customElements.define("mr-storyboard", Storyboard);
