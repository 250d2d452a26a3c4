// One series over days, drawn by uPlot in the page's own colours; what it shows is also said in words by whoever uses it.
import uPlot from "uplot";
import { html, Light } from "../light.js";
import { glance } from "../words.js";

const HEIGHT = 168;
const MOST_LINES = 4;

const sheet = document.createElement("link");
sheet.rel = "stylesheet";
sheet.href = "/webjars/uplot/dist/uPlot.min.css";
document.head.append(sheet);

const axisDay = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });

class Chart extends Light {
  static properties = { points: { attribute: false }, label: { attribute: false } };

  #plot = null;
  #scheme = matchMedia("(prefers-color-scheme: dark)");
  #repaint = () => this.#draw();
  #watch = new ResizeObserver(() => this.#plot?.setSize({ width: this.#width, height: HEIGHT }));

  connectedCallback() {
    super.connectedCallback();
    this.#scheme.addEventListener("change", this.#repaint);
    this.#watch.observe(this);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#scheme.removeEventListener("change", this.#repaint);
    this.#watch.disconnect();
    this.#plot?.destroy();
    this.#plot = null;
  }

  render() {
    return html`<div class="plot" role="img" aria-label=${this.label}></div>`;
  }

  updated() {
    this.#draw();
  }

  get #width() {
    return Math.max(200, this.querySelector(".plot").clientWidth);
  }

  #draw() {
    this.#plot?.destroy();
    const style = getComputedStyle(this);
    const colour = (name) => style.getPropertyValue(name).trim();
    const axis = { stroke: colour("--ink-3"), font: `12px ${style.fontFamily}`, ticks: { show: false } };
    this.#plot = new uPlot(
      {
        width: this.#width,
        height: HEIGHT,
        tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "UTC"),
        legend: { show: false },
        cursor: { show: false },
        select: { show: false },
        padding: [8, 8, 0, 0],
        scales: { x: { range: (_, from, to) => [from - 43_200, to + 43_200] }, y: { range: (_, __, most) => [0, most * 1.05 || 1] } },
        axes: [
          { ...axis, grid: { show: false }, size: 28, space: 72, values: (_, days) => days.map((day) => axisDay.format(new Date(day * 1000))) },
          { ...axis, grid: { stroke: colour("--line"), width: 1 }, size: 56, space: HEIGHT / MOST_LINES, values: (_, all) => all.map(glance) },
        ],
        series: [{}, { fill: colour("--water"), stroke: colour("--water"), width: 0, points: { show: false }, paths: uPlot.paths.bars({ size: [0.62, 26], radius: 0.12 }) }],
      },
      [this.points.map(([day]) => day), this.points.map(([, value]) => value)],
      this.querySelector(".plot"),
    );
  }
}

customElements.define("mr-chart", Chart);
