// Brings the news of the account by one stream for the whole page: what every run is doing, wherever it was begun, and all the
// events of those under way, the one looked at first. A browser opens six connections to a host, for all tabs together: a tab that
// finds no place for its stream asks for the list every few seconds instead. Nothing else in the client knows how news travels.
import { get } from "./api.js";
import { MOST_FOLLOWED, pathOf, unwrap } from "./follow.js";
import { serverNow } from "./server-time.js";
import { session } from "./session.js";
import { takeSlot } from "./slots.js";
import { Store } from "./store.js";
import { EventStream } from "./stream.js";

const POLL = 3_000; // while there is no stream
const HIDDEN = 20_000; // a page nobody looks at gives its stream back after this long

export class Feed extends Store {
  #stream = null;
  #opening = false;
  #followed = new Set();
  #timer = null;
  #closing = null;
  #down = false;
  #missed = false;
  first = null; // the run that is looked at: it is followed before all others

  /**
   * @param take {wanted() gives the runs to be read as {id, after: the last event known}, event(id, event), over(id) when all was read,
   *     state(state) of a run that is not read, account(event), list(generations, when it was asked for), check(id) whether it is there}
   */
  constructor(take) {
    super();
    this.take = take;
    document.addEventListener("visibilitychange", () => this.#visible());
    session.addEventListener("change", () => session.state === "in" || this.#close());
  }

  /** True while the stream should be open and is not. */
  get interrupted() {
    return this.#down;
  }

  /** True while all the events of this run come by the stream. */
  reads(id) {
    return this.#stream !== null && this.#followed.has(id);
  }

  /** Called whenever runs have come, gone or ended. */
  async follow() {
    if (document.hidden || session.state !== "in") return;
    const fresh = this.#wanted().some(({ id }) => !this.#followed.has(id));
    if (this.#stream && fresh) this.#stream.again();
    if (!this.#stream && !this.#opening) await this.#open();
  }

  #wanted() {
    const wanted = this.take.wanted().sort((one, other) => (other.id === this.first) - (one.id === this.first));
    return wanted.slice(0, MOST_FOLLOWED);
  }

  async #open() {
    this.#opening = true;
    const release = await takeSlot();
    this.#opening = false;
    if (!release) return this.#plan();
    if (document.hidden || session.state !== "in") return release();
    const stream = new EventStream({
      path: () => this.#path(),
      event: (event, sinceOpen) => this.#event(event, sinceOpen),
      connected: (up) => this.#reach(up),
      gone: () => Promise.all([...this.#followed].map((id) => this.take.check(id))),
    });
    this.#stream = stream;
    stream.read().finally(async () => {
      this.#stream = null;
      this.#followed.clear();
      this.#reach(true, false);
      await release();
      this.follow();
    });
  }

  #path() {
    const wanted = this.#wanted();
    this.#followed = new Set(wanted.map(({ id }) => id));
    return pathOf(wanted);
  }

  #event(received, sinceOpen) {
    const { id, event, over } = unwrap(received);
    if (!id) return event.event === "generation" ? this.take.state(event.data) : this.take.account(event);
    this.take.event(id, { ...event, sinceOpen });
    if (over) this.take.over(id);
  }

  #reach(up, live = true) {
    const before = this.#down;
    this.#down = !up;
    if (!up) this.#missed = true;
    if (up && live && this.#missed) this.poll(); // what ended meanwhile is told by the list alone
    if (up) this.#missed = false;
    if (before !== this.#down) this.changed();
  }

  #plan() {
    clearTimeout(this.#timer);
    if (!document.hidden && session.state === "in") this.#timer = setTimeout(() => this.poll(), POLL);
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
    if (document.hidden) this.#closing = setTimeout(() => this.#close(), HIDDEN);
    else if (session.state === "in") this.poll();
  }

  #close() {
    clearTimeout(this.#timer);
    this.#stream?.close();
  }
}
