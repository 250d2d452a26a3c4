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

// Of progress only the last before something else happens, when there is much of it.
function telling(log) {
  if (log.length <= SHORT) return log;
  return log.filter((line, index) => line.event !== "progress" || log[index + 1]?.event !== "progress");
}

customElements.define("mr-event-log", EventLog);
