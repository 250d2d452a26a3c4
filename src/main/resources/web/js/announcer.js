// The one voice of the page for screen readers: at most one sentence in five seconds, the newest one waiting wins, and what must
// be heard (an end, a refusal) is never dropped.

const GAP = 5_000;
const QUARTERS = [75, 50, 25];

class Announcer {
  #region = null;
  #waiting = null;
  #last = 0;
  #timer = null;

  /** The element with {@code role=status} that says it. */
  attach(region) {
    this.#region = region;
  }

  say(sentence, { must = false } = {}) {
    if (must && this.#waiting?.must) this.#waiting.sentence += ` ${sentence}`;
    else if (must || !this.#waiting?.must) this.#waiting = { sentence, must };
    this.#timer ??= setTimeout(() => this.#speak(), Math.max(100, this.#last + GAP - Date.now()));
  }

  #speak() {
    this.#timer = null;
    this.#last = Date.now();
    if (this.#region) this.#region.textContent = this.#waiting.sentence;
    this.#waiting = null;
  }
}

/** The quarter a run has just passed, or null. */
export const quarterPassed = (before, after) => QUARTERS.find((quarter) => before < quarter && after >= quarter) ?? null;

export const announcer = new Announcer();
