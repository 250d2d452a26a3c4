// A run under way on its own page: the wide race, or the text as it comes, with the figures and the one button.
import { poster } from "../assets.js";
import { clock } from "../clock.js";
import { html, icon, Light, nothing } from "../light.js";
import { stopping } from "../money.js";
import { figures, line, spoken } from "../say.js";
import { serverNow } from "../server-time.js";
import { stepsOf } from "../steps.js";
import { Watch } from "../store.js";
import "./mr-figures.js";
import "./mr-race.js";
import "./mr-steps.js";

class Live extends Light {
  static properties = { run: { attribute: false } };

  constructor() {
    super();
    new Watch(this, clock);
  }

  updated(changed) {
    const before = changed.get("run");
    if (changed.has("run") && (before?.face !== this.run.face || before?.id !== this.run.id)) this.#emit("mr-bound");
  }

  render() {
    const { run } = this;
    const { strong, rest, tone } = line(run, serverNow());
    const picture = run.preview?.url ?? run.assets.map(poster).find(Boolean);
    return html`<div class="sheet pad live-run" data-state=${run.face}>
      ${picture ? html`<div class="live-picture"><img class=${run.preview ? "making" : ""} src=${picture} alt="" /></div>` : nothing}
      <p class="say">${strong ? html`<b class=${tone ?? ""}>${strong}</b> ` : nothing}${rest}</p>
      ${run.kind === "text" ? html`<p class="out" aria-live="off"><span class="txt">${run.text}</span>${run.face === "running" ? html`<span class="caret" aria-hidden="true"></span>` : nothing}</p>` : nothing}
      ${
        run.face === "processing" && run.assets.length
          ? html`<mr-steps .steps=${stepsOf(run)}></mr-steps>`
          : run.kind === "text" && run.face === "running"
            ? nothing
            : html`<mr-race
                large
                .percent=${run.percent}
                .eta=${run.eta}
                .p90=${run.p90}
                .elapsed=${run.elapsed}
                .mark=${run.mark}
                .words=${spoken(run, serverNow())}
              ></mr-race>`
      }
      <div class="live-foot">
        <mr-figures .figures=${figures(run, serverNow())}></mr-figures>
        ${
          run.face === "processing"
            ? nothing
            : html`<div class="live-act">
                <span class="hint">${run.stopping ? "" : stopping(run, run.bound)}</span>
                <button
                  type="button"
                  class="b"
                  aria-disabled=${run.stopping ? "true" : "false"}
                  @click=${() => run.stopping || this.#emit("mr-stop")}
                >
                  ${icon("stop")}${run.stopping ? "Stopping" : "Stop"}
                </button>
              </div>`
        }
      </div>
    </div>`;
  }

  #emit(name) {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true, detail: this.run }));
  }
}

customElements.define("mr-live", Live);
