// The drawing of the house: a stream led over a wheel. Lines only; it stands still where less motion is wanted.
import { html, Light, svg } from "../light.js";

const WHEEL = { x: 540, y: 486 };
const SPOKES = 16;
const LINES = 26;

class Art extends Light {
  render() {
    return html`<svg viewBox="0 0 1000 900" preserveAspectRatio="xMidYMid slice" aria-hidden="true">
      <g class="turn">
        ${[8, 28, 142, 151, 176].map((r) => svg`<circle class="ln k" cx=${WHEEL.x} cy=${WHEEL.y} r=${r}></circle>`)}
        ${Array.from({ length: SPOKES }, (_, at) => svg`<path class="ln k" d=${spoke(at)}></path>`)}
        <circle cx=${WHEEL.x} cy=${WHEEL.y} r="200" fill="none"></circle>
      </g>
      ${Array.from({ length: LINES }, (_, at) => svg`<path class=${at % 3 === 1 ? "ln" : "ln flowing"} opacity=${opacity(at)} d=${flow(at)}></path>`)}
    </svg>`;
  }
}

// From the hub to the rim, then the bucket: out on the same radius, bent forward to catch the water.
function spoke(at) {
  const angle = (at * 2 * Math.PI) / SPOKES;
  const [x1, y1] = polar(28, angle);
  const [x2, y2] = polar(142, angle);
  const [x3, y3] = polar(176, angle - 0.05);
  const [x4, y4] = polar(196, angle + 0.09);
  return `M${x1} ${y1}L${x2} ${y2}L${x3} ${y3}L${x4} ${y4}`;
}

function polar(radius, angle) {
  return [WHEEL.x + radius * Math.cos(angle), WHEEL.y + radius * Math.sin(angle)].map((n) => n.toFixed(1));
}

// A line of the stream: wide at the spring, pressed together over the wheel, round its shoulder and away.
function flow(at) {
  const part = at / (LINES - 1);
  const spring = 20 + at * 24;
  const top = 240 + 66 * part;
  const away = 730 + 120 * part;
  const radius = WHEEL.y - top;
  const leave = ((26 - 10 * part) * Math.PI) / 180;
  const [x, y] = polar(radius, -leave);
  const [cx, cy] = [Number(x) + 230 * Math.sin(leave), Number(y) + 230 * Math.cos(leave)].map((n) => n.toFixed(1));
  return `M-20 ${spring}C150 ${spring} 200 ${top} 460 ${top}H${WHEEL.x}A${radius} ${radius} 0 0 1 ${x} ${y}C${cx} ${cy} ${860 - 40 * part} ${away} 1030 ${away}`;
}

const opacity = (at) => (0.35 + ((at * 0.42) % 0.6)).toFixed(2);

customElements.define("mr-art", Art);
