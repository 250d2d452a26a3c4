// Brings the news of runs under way: by a stream each for up to four of them, the one looked at and the newest first, and for
// the rest by asking for the list every few seconds. Nothing else in the client knows how news travels, so that one stream for
// the whole account can take this place.
import { get } from "./api.js";
import { serverNow } from "./server-time.js";
import { session } from "./session.js";
import { SLOTS, takeSlot } from "./slots.js";
import { Store } from "./store.js";
import { EventStream } from "./stream.js";

const FULL_POLL = 3_000; // while there are runs without a stream
const IDLE_POLL = 20_000; // for runs begun elsewhere
const HIDDEN = 20_000; // a page nobody looks at gives its streams back after this long

export class Feed extends Store {
  #streams = new Map();
  #timer = null;
  #closing = null;
  #down = new Set();
  first = null; // the run that is looked at: it has a stream before all others

  /**
   * @param take {wanted() gives the runs to be read as {id, after: the last event known}, event(id, event), over(id) when all was read,
   *     gone(id), list(generations, when it was asked for)}
   */
  constructor(take) {
    super();
    this.take = take;
    document.addEventListener("visibilitychange", () => this.#visible());
    session.addEventListener("change", () => session.state === "in" || this.#closeAll());
  }

  /** True while a stream that should be open is not. */
  get interrupted() {
    return this.#down.size > 0;
  }

  /** True while the news of this run comes by a stream. */
  reads(id) {
    return this.#streams.has(id);
  }

  /** Called whenever runs have come, gone or ended. */
  async follow() {
    const wanted = this.take.wanted().sort((one, other) => (other.id === this.first) - (one.id === this.first));
    const chosen = wanted.slice(0, SLOTS);
    for (const [id, stream] of this.#streams) if (!chosen.some((run) => run.id === id)) stream.close(); // its end comes back here
    if (document.hidden || session.state !== "in") return;
    for (const { id, after } of chosen) if (!this.#streams.has(id)) await this.#open(id, after);
    this.#plan();
  }

  async #open(id, after) {
    const pending = new AbortController(); // stands for the stream until there is a slot, so that it is not opened twice
    this.#streams.set(id, { close: () => pending.abort() });
    const release = await takeSlot();
    if (!release) return this.#streams.delete(id);
    if (pending.signal.aborted) return release().then(() => this.#streams.delete(id));
    const stream = new EventStream(`/v1/generations/${id}/events`, after, {
      event: (event) => this.take.event(id, event),
      connected: (up) => this.#reach(id, up),
      over: () => this.take.over(id),
      gone: () => this.take.gone(id),
    });
    this.#streams.set(id, stream);
    stream.read().finally(async () => {
      await release();
      this.#streams.delete(id);
      this.#reach(id, true);
      this.follow();
    });
  }

  #reach(id, up) {
    const before = this.interrupted;
    if (up) this.#down.delete(id);
    else this.#down.add(id);
    if (before !== this.interrupted) this.changed();
  }

  #plan() {
    clearTimeout(this.#timer);
    if (document.hidden || session.state !== "in") return;
    const unread = this.take.wanted().some(({ id }) => !this.#streams.has(id));
    this.#timer = setTimeout(() => this.poll(), unread ? FULL_POLL : IDLE_POLL);
  }

  /** Asks for the list now. */
  async poll() {
    clearTimeout(this.#timer);
    try {
      const asked = serverNow();
      const { data } = await get("/v1/generations?limit=50");
      this.take.list(data, asked);
    } catch {
      // the next one comes soon, and what is open on the page says what is wrong
    }
    this.follow();
  }

  #visible() {
    clearTimeout(this.#closing);
    if (document.hidden) this.#closing = setTimeout(() => this.#closeAll(), HIDDEN);
    else if (session.state === "in") this.poll();
  }

  #closeAll() {
    clearTimeout(this.#timer);
    for (const stream of this.#streams.values()) stream.close();
  }
}
