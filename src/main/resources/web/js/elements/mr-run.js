// A run as a row: picture, words, race, figures, and what can be done with it.
import { playable, poster, still } from "../assets.js";
import { clock } from "../clock.js";
import { html, icon, Light, nothing } from "../light.js";
import { stopping } from "../money.js";
import { isOver } from "../run.js";
import { figures, line, spoken } from "../say.js";
import { serverNow } from "../server-time.js";
import { stepsOf } from "../steps.js";
import { Watch } from "../store.js";
import { length } from "../words.js";
import "./mr-figures.js";
import "./mr-race.js";
import "./mr-steps.js";

const COUNTING = new Set(["retrying", "unresolved"]);

class Run extends Light {
  static properties = { run: { attribute: false } };
  #watch = null;

  willUpdate(changed) {
    if (!changed.has("run")) return;
    const counting = COUNTING.has(this.run.face);
    if (counting && !this.#watch) this.#watch = new Watch(this, clock);
    if (!counting && this.#watch) {
      this.#watch.hostDisconnected();
      this.removeController(this.#watch);
      this.#watch = null;
    }
    const before = changed.get("run");
    if (!isOver(this.run) && (before?.face !== this.run.face || before?.id !== this.run.id)) this.#emit("mr-bound");
  }

  render() {
    const { run } = this;
    return html`<article class="run" data-state=${run.face} aria-label=${run.prompt}>
      <div class="thumb">${thumb(run)}</div>
      <div class="run-body">
        <div class="run-head">
          <h3><a href="/runs/${run.id}">${run.prompt}</a></h3>
          ${says(line(run, serverNow()))}
        </div>
        ${this.#middle()}
        <mr-figures .figures=${figures(run, serverNow())}></mr-figures>
      </div>
      <div class="run-acts">${this.#actions()}</div>
    </article>`;
  }

  #middle() {
    const { run } = this;
    if (run.face === "processing" && run.assets.length) return html`<mr-steps .steps=${stepsOf(run)}></mr-steps>`;
    if (run.kind === "text" && (run.text || run.face === "running")) {
      const shown = isOver(run) ? run.text.trim().replace(/\s*\n\s*/g, " \u00b7 ").replace(/\s+/g, " ").slice(0, 280) : tail(run.text);
      return html`<p class="out" aria-live="off">
        <span class="txt">${shown}</span
        >${run.face === "running" ? html`<span class="caret" aria-hidden="true"></span>` : isOver(run) && run.text.length > 280 ? "\u2026" : nothing}
      </p>`;
    }
    if (isOver(run)) return nothing;
    return html`<mr-race
      .percent=${run.percent}
      .eta=${run.eta}
      .p90=${run.p90}
      .elapsed=${run.elapsed}
      .mark=${run.mark}
      .words=${spoken(run, serverNow())}
    ></mr-race>`;
  }

  #actions() {
    const { run } = this;
    switch (run.face) {
      case "processing":
        return playable(run) ? this.#play() : nothing;
      case "completed":
        return html`${run.kind === "video" ? this.#play() : this.#open()}<button
            type="button"
            class="b b-s b-bare"
            @click=${() => this.#emit("mr-again")}
          >
            ${icon("retry")}Again
          </button>`;
      case "failed":
        return html`<button type="button" class="b b-s" @click=${() => this.#emit("mr-again")}>Edit and retry</button>`;
      case "canceled":
        return this.#open();
      default: {
        const hint = stopping(run, run.bound);
        return html`<button
            type="button"
            class="b b-s"
            aria-disabled=${run.stopping ? "true" : "false"}
            @click=${() => run.stopping || this.#emit("mr-stop")}
          >
            ${icon("stop")}${run.stopping ? "Stopping" : "Stop"}<span class="vh">: ${run.prompt}</span>
          </button>
          ${run.stopping ? nothing : html`<span class="hint">${hint}</span>`}`;
      }
    }
  }

  #play() {
    return html`<a class="b b-s" href="/gallery?show=${this.run.id}">${icon("play")}Play<span class="vh">: ${this.run.prompt}</span></a>`;
  }

  #open() {
    return html`<a class="b b-s" href="/runs/${this.run.id}">Open<span class="vh">: ${this.run.prompt}</span></a>`;
  }

  #emit(name) {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true, detail: this.run }));
  }
}

const says = ({ mark, strong, rest, tone, last }) =>
  html`<p class="say">
    ${mark ? html`<span class=${`tag ${mark[2]}`}>${icon(mark[0], false)} ${mark[1]}</span> ` : nothing}${strong && !last ? html`<b class=${tone ?? ""}>${strong}</b> ` : nothing}${rest}${last ? html` <b>${strong}</b>` : nothing}
  </p>`;

const ICONS = { queued: "clock", unresolved: "ask", failed: "alert" };

function thumb(run) {
  const asset = run.assets.find(poster);
  const picture = asset ? still(asset, 296) : run.preview?.url;
  if (picture && run.face !== "failed") {
    return html`<img
        src=${picture}
        alt=""
        loading="lazy"
        class=${asset ? "" : "making"}
      />${asset?.duration_seconds ? html`<span class="len">${length(asset.duration_seconds)}</span>` : nothing}`;
  }
  if (run.kind === "text") return html`<span class="aa" aria-hidden="true">Aa</span>`;
  return icon(ICONS[run.face] ?? (run.kind === "video" ? "play" : "pic"), false);
}

// A long text shows its newest lines while it is written; the whole of it is on the run's own page.
function tail(text) {
  if (text.length <= 700) return text;
  const cut = text.indexOf(" ", text.length - 600);
  return `\u2026${text.slice(cut < 0 ? text.length - 600 : cut)}`;
}

customElements.define("mr-run", Run);
