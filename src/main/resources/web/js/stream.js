// Reads the account's stream of events over any number of connections: opens again when the server asks for it, breaks off, or
// says nothing for two heartbeats, and each time from where the page has come to.
import { Backoff, pause } from "./backoff.js";
import { call } from "./api.js";
import { Refusal } from "./http.js";
import { session } from "./session.js";
import { SseParser } from "./sse.js";

const HEARTBEAT = 10_000;
const SILENCE = 2 * HEARTBEAT;

export class EventStream {
  #stop = new AbortController();
  #backoff = new Backoff();
  #retry = 3000;
  #heard = 0;
  #again = false;

  /** @param on {path() gives the address to open now, event(event), connected(boolean), gone() when something followed is not there} */
  constructor(on) {
    this.on = on;
  }

  /** Reads until closed or signed out. */
  async read() {
    addEventListener("visibilitychange", this.#look, true);
    try {
      while (!this.#stop.signal.aborted) {
        const end = await this.#connect().catch((failure) => failure);
        if (this.#stop.signal.aborted) return;
        if (session.state !== "in") return;
        if (this.#again) {
          this.#again = false;
          continue;
        }
        this.on.connected(false);
        if (end instanceof Refusal && end.status === 404) await this.on.gone();
        await pause(this.#backoff.next(this.#retry), this.#stop.signal);
      }
    } finally {
      removeEventListener("visibilitychange", this.#look, true);
    }
  }

  /** Opens again at once, because the address has changed. */
  again() {
    this.#again = true;
    this.cut?.();
  }

  close() {
    this.#stop.abort();
  }

  async #connect() {
    const connection = new AbortController();
    this.cut = () => connection.abort();
    this.#stop.signal.addEventListener("abort", this.cut);
    const watch = setInterval(this.#look, HEARTBEAT / 5);
    this.#heard = Date.now();
    try {
      this.#again = false; // the address is taken now
      const response = await call(this.on.path(), { headers: { Accept: "text/event-stream" }, signal: connection.signal });
      this.on.connected(true);
      await this.#drain(response.body.getReader());
    } finally {
      clearInterval(watch);
      this.#stop.signal.removeEventListener("abort", this.cut);
      connection.abort();
    }
  }

  async #drain(reader) {
    const opened = Date.now();
    const parser = new SseParser({
      retry: (milliseconds) => (this.#retry = milliseconds),
      event: (event) => {
        if (event.event === "session_revoked") session.lost();
        if (event.event !== "reconnect") this.on.event({ ...event, data: JSON.parse(event.data) }, Date.now() - opened);
        this.#backoff.reset();
      },
    });
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      this.#heard = Date.now();
      parser.push(value);
    }
  }

  // Also called when the page is looked at again: a phone that slept may hold a connection that has long been dead.
  #look = () => {
    if (document.visibilityState === "visible" && Date.now() - this.#heard > SILENCE) this.cut?.();
  };
}
