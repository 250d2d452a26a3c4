// One run: what it made or how far it is, what it cost, how the time went, and every event.
import { clock } from "../clock.js";
import { complaint } from "../complaint.js";
import { draft } from "../draft.js";
import { html, icon, Light, nothing } from "../light.js";
import { router } from "../router.js";
import { isOver } from "../run.js";
import { runs } from "../runs.js";
import { line } from "../say.js";
import { serverNow } from "../server-time.js";
import { removeRun, stop } from "../stopping.js";
import { Watch } from "../store.js";
import { timeline } from "../timeline.js";
import { modelName, moment, plural, size, took } from "../words.js";
import "../elements/mr-event-log.js";
import "../elements/mr-live.js";
import "../elements/mr-note.js";
import "../elements/mr-player.js";
import "../elements/mr-problem.js";
import "../elements/mr-receipt.js";
import "../elements/mr-waterfall.js";

class RunPage extends Light {
  static properties = { runId: {}, refusal: { state: true } };

  constructor() {
    super();
    new Watch(this, runs, clock);
    this.addEventListener("mr-stop", ({ detail }) => stop(detail));
    this.addEventListener("mr-bound", ({ detail }) => runs.boundSoon(detail.id));
  }

  willUpdate(changed) {
    if (!changed.has("runId")) return;
    this.refusal = null;
    runs.open(this.runId).catch((refusal) => (this.refusal = refusal));
  }

  updated() {
    const run = runs.find(this.runId);
    if (run) document.title = `${run.prompt.slice(0, 60)} \u00b7 Millrace`;
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    if (runs.feed.first === this.runId) runs.feed.first = null;
  }

  render() {
    const run = runs.find(this.runId);
    if (!run) {
      return html`<div class="page">
        <h1 class="vh">Run</h1>
        ${this.refusal ? html`<mr-problem .refusal=${this.refusal}></mr-problem>` : nothing}
      </div>`;
    }
    const over = isOver(run);
    const time = timeline(run, serverNow());
    return html`<div class="page">
      <nav class="crumb" aria-label="Where you are">
        <a href=${over ? "/gallery" : "/"}>${over ? "Gallery" : "Generate"}</a><span aria-hidden="true">/</span
        ><span class="mono">${run.id.slice(0, 8)}…${run.id.slice(-4)}</span>
      </nav>
      <div class="page-h">
        <div>
          <h1 class="prompt">${run.prompt}</h1>
          ${facts(run)}
        </div>
        <div class="acts">${this.#acts(run)}</div>
      </div>
      ${over ? this.#result(run) : html`<mr-live .run=${run}></mr-live>`}
      ${
        time.spans.length
          ? html`<section aria-labelledby="timeline">
              <div class="sec-h">
                <h2 id="timeline">Timeline</h2>
                <span class="quiet small"
                  >${took(time.total)} ${over ? "in all" : "so far"}, ${plural(Math.max(1, run.attempts), "attempt")}</span
                >
              </div>
              <div class="sheet"><mr-waterfall .line=${time} .receipt=${run.receipt}></mr-waterfall></div>
            </section>`
          : nothing
      }
      ${survived(run) ? html`<section class="block"><mr-note strong="Survived a restart." text="The run moved to another worker and went on. Every event reached this page in order, none twice."></mr-note></section>` : nothing}
      ${run.log.length ? html`<section aria-labelledby="events"><mr-event-log .run=${run}></mr-event-log></section>` : nothing}
    </div>`;
  }

  #result(run) {
    const made = run.assets.length || run.text;
    return html`<div class="two">
      ${
        made
          ? html`<div class="sheet stage">
              ${run.status === "failed" ? this.#failure(run) : nothing}<mr-player .run=${run}></mr-player>
            </div>`
          : html`<div class="sheet pad">
              ${run.status === "failed" ? this.#failure(run) : html`<p class="soft">Nothing was made. ${line(run).rest}</p>`}
            </div>`
      }
      ${run.receipt ? html`<mr-receipt .receipt=${run.receipt}></mr-receipt>` : nothing}
    </div>`;
  }

  #failure(run) {
    const { strong, rest } = line(run);
    const request = run.error?.request_id ? ` Request ${run.error.request_id}.` : "";
    return html`<mr-note class="inset" tone="bad" .strong=${rest} .text=${`${strong}${request}`}></mr-note>`;
  }

  #acts(run) {
    if (!isOver(run)) return nothing;
    return html`${run.status === "failed" ? html`<button type="button" class="b b-go" @click=${() => this.#retry(run)}>${icon("retry")}Try again</button>` : nothing}
      <button type="button" class="b" @click=${() => this.#again(run)}>
        ${run.status === "failed" ? "Edit and retry" : html`${icon("retry")}Make another`}
      </button>
      <button type="button" class="b b-bad" @click=${() => this.#remove(run)}>Delete</button>`;
  }

  async #retry(run) {
    try {
      const next = await runs.retry(run.id);
      router.go(`/runs/${next.id}`);
    } catch (refusal) {
      complaint.about("It was not started.", refusal);
    }
  }

  #again(run) {
    draft.from(run);
    router.go("/");
  }

  async #remove(run) {
    try {
      if (await removeRun(run)) router.go("/gallery");
    } catch (refusal) {
      complaint.about("It was not deleted.", refusal);
    }
  }
}

const STATES = {
  completed: ["check", "Completed", "acc"],
  failed: ["alert", "Failed", "bad"],
  canceled: ["stop", "Stopped by you", ""],
  processing: ["clock", "Getting ready", "acc"],
};

function facts(run) {
  const [mark, words, tone] =
    STATES[run.status] ??
    (run.face === "retrying"
      ? ["retry", "Trying again", "warn"]
      : run.face === "unresolved"
        ? ["ask", "No word", ""]
        : ["clock", run.status === "queued" ? "In line" : "Running", "acc"]);
  const asset = run.assets.find(({ width }) => width);
  const kind = { image: "Image", video: "Video", text: "Text" }[run.kind];
  const measures = asset
    ? `, ${size(asset.width, asset.height)}${asset.duration_seconds ? `, ${Math.round(asset.duration_seconds)}\u00a0s` : ""}`
    : "";
  return html`<div class="facts">
    <span class=${`tag ${tone}`}>${icon(mark, false)} ${words}</span><span>${kind}${measures}</span><span>${modelName(run.model)}</span
    ><span>${moment(run.createdAt)}</span>
    ${run.retryOf ? html`<span><a href="/runs/${run.retryOf}">A retry of this run</a></span>` : nothing}
  </div>`;
}

// Two starts without a retry between them: the server that worked ended, and another went on.
function survived({ log }) {
  const turns = log.filter(({ event }) => event === "started" || event === "retrying").map(({ event }) => event);
  return turns.some((event, at) => event === "started" && turns[at + 1] === "started");
}

customElements.define("mr-run-page", RunPage);
