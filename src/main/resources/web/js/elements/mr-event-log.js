// The events of a run in the order they came, progress thinned out until all are asked for.
import { eventsIn, says, secondOf } from "../event-log.js";
import { html, Light, nothing } from "../light.js";
import { count, took } from "../words.js";

const SHORT = 12;

class EventLog extends Light {
  static properties = { run: { attribute: false }, all: { state: true } };

  render() {
    const { log } = this.run;
    const shown = this.all ? log : telling(log);
    const total = eventsIn(log);
    return html`<div class="sec-h">
        <h2 id="events">Events</h2>
        <span class="quiet small">${shown.length < log.length ? `${count(eventsIn(shown))} of ${count(total)} shown` : count(total)}</span>
        ${shown.length < log.length || this.all ? html`<button type="button" class="b b-s b-bare r" @click=${() => (this.all = !this.all)}>${this.all ? "Show fewer" : "Show all"}</button>` : nothing}
      </div>
      <div class="sheet">
        <ol class="log" tabindex="0" aria-label="Event log">
          ${shown.map((line) => html`<li><span>${count(line.number)}</span><span>${at(line, this.run)}</span><b>${line.event}</b><span>${says(line)}</span></li>`)}
        </ol>
      </div>`;
  }
}

const at = (line, run) => {
  const second = secondOf(line, run);
  return second === null ? "" : took(second);
};

// When there is much of it: of progress only the last before something else happens, and text in one line as long as it flows.
function telling(log) {
  if (log.length <= SHORT) return log;
  const few = log.filter(({ event }, index) => event !== "progress" || !FLOWING.has(log[index + 1]?.event));
  return few.reduce((kept, line) => {
    const last = kept[kept.length - 1];
    if (line.event !== "delta" || last?.event !== "delta") return [...kept, line];
    return [...kept.slice(0, -1), { ...last, events: last.events + line.events, words: last.words + line.words, at: line.at }];
  }, []);
}

const FLOWING = new Set(["progress", "delta"]);

customElements.define("mr-event-log", EventLog);
