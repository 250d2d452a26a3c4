// Credits and windows, always on screen. Times are kept as moments, so that a countdown runs on between two answers.
import { get } from "./api.js";
import { session } from "./session.js";
import { Store } from "./store.js";

class Limits extends Store {
  plan = null;
  credits = null; // {balance, held, available}
  minute = null; // {limit, remaining, resetAt}
  day = null;
  running = null; // {limit, used}
  month = null; // {generations, spent}
  #asked = null;

  constructor() {
    super();
    session.addEventListener("change", () => {
      if (session.state === "in" && !this.credits) this.refresh();
      if (session.state === "out") Object.assign(this, { plan: null, credits: null, minute: null, day: null });
    });
  }

  /** Asks how things stand; calls that come while one is under way share one more after it. */
  refresh() {
    if (this.#asked) return (this.#asked.again = true);
    this.#asked = { again: false };
    return get("/v1/usage")
      .then(
        (usage) => this.told(usage),
        () => {},
      )
      .finally(() => {
        const { again } = this.#asked;
        this.#asked = null;
        if (again) this.refresh();
      });
  }

  /** Takes what an answer or a stream says of them. */
  told({ minute, day, ...rest }) {
    if (minute !== undefined) this.minute = timed(minute); // null: the plan has no such window
    if (day !== undefined) this.day = timed(day);
    for (const name of ["plan", "credits", "running", "month"]) if (rest[name]) this[name] = rest[name];
    this.changed();
  }

  /** A refusal for want of a place in a window; {@code seconds} until the next. */
  refused(seconds) {
    const window = this.day && this.day.remaining === 0 ? "day" : "minute";
    if (this[window]) this[window] = { ...this[window], remaining: 0, resetAt: Date.now() + seconds * 1000 };
    this.changed();
  }
}

const timed = (window) =>
  window && { limit: window.limit, remaining: window.remaining, resetAt: Date.now() + (window.reset_seconds ?? 0) * 1000 };

export const limits = new Limits();
