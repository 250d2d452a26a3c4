// The base of our elements. They draw into the document itself, not into a shadow: headings, labels and landmarks stay in one tree
// for assistive technology, and one style sheet reaches them all.
import { html, LitElement, nothing, svg } from "lit";

export class Light extends LitElement {
  createRenderRoot() {
    return this;
  }
}

/** A drawing of the sprite in index.html; it says nothing by itself, so words stand beside it. */
export const icon = (name, small = true) =>
  html`<svg class=${small ? "i i-s" : "i"} aria-hidden="true"><use href="#i-${name}"></use></svg>`;

export { html, nothing, svg };
