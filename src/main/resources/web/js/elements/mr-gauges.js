// Credits, minute and day at the foot of the rail. The countdown is drawn each second and spoken never.
import { clock } from "../clock.js";
import { creditGauge, windowGauge } from "../gauges.js";
import { html, Light, nothing } from "../light.js";
import { limits } from "../limits.js";
import { runs } from "../runs.js";
import { Watch } from "../store.js";
import "./mr-gauge.js";

class Gauges extends Light {
  constructor() {
    super();
    new Watch(this, limits, runs, clock);
  }

  render() {
    const { credits, minute, day } = limits;
    if (!credits) return nothing;
    const gauges = [
      creditGauge(limits, runs.underWay.length),
      ...(minute ? [windowGauge(minute, "minute")] : []),
      ...(day ? [windowGauge(day, "day")] : []),
    ];
    return html`<section class="gauges" aria-label="At a glance">${gauges.map(gauge)}</section>`;
  }
}

export const gauge = (g, bare = false) =>
  html`<mr-gauge
    .label=${g.label}
    .shown=${g.shown}
    .of=${g.of}
    .level=${g.level}
    .held=${g.held}
    .words=${g.words}
    .state=${g.state}
    ?bare=${bare === true}
  ></mr-gauge>`;

customElements.define("mr-gauges", Gauges);
