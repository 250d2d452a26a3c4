// The sign of the house: wheel, stream and name. The wheel turns while a run of yours is running (see app.css).
import { html } from "./light.js";

const SPOKES =
  "M16.60 19.59L21.04 21.43M15.19 21.00L17.03 25.44M13.21 21.00L11.37 25.44M11.80 19.59L7.36 21.43M11.80 17.61L7.36 15.77M13.21 16.20L11.37 11.76M15.19 16.20L17.03 11.76M16.60 17.61L21.04 15.77";

export const brand = () =>
  html`<a class="brand" href="/" aria-label="Millrace, start page">
    <svg class="m" viewBox="0 0 33 33" aria-hidden="true">
      <g fill="none" stroke-linecap="round">
        <path class="wheel" d=${SPOKES} stroke="currentColor" stroke-width="2.5"></path>
        <path
          class="stream"
          d="M1.5 6.5H15.2A10.3 10.3 0 0 1 25.5 16.8V19.5A6 6 0 0 0 31 25.5"
          stroke="var(--accent)"
          stroke-width="3.4"
        ></path>
      </g>
    </svg>
    <svg class="w" viewBox="0 0 95.5 33" aria-hidden="true"><use href="#word"></use></svg>
  </a>`;
