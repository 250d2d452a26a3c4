// Follows one stream of events to its end over any number of connections: resumes behind the last logged event, opens again
// when the server asks for it, breaks off, or says nothing for two heartbeats.
import { Backoff, pause } from "./backoff.js";
import { call } from "./api.js";
import { Refusal } from "./http.js";
import { session } from "./session.js";
import { SseParser } from "./sse.js";

const HEARTBEAT = 10_000;
const SILENCE = 2 * HEARTBEAT;
const TERMINAL = new Set(["completed", "failed", "canceled"]);

export class EventStream {
  #stop = new AbortController();
  #backoff = new Backoff();
  #retry = 3000;
  #heard = 0;

  /**
   * @param path the stream
   * @param after the last event known, or null for all of it
   * @param on {event(event), connected(boolean), over(), gone()}
   */
  constructor(path, after, on) {
    Object.assign(this, { path, after, on });
  }

  /** Reads until the terminal event, until the thing followed is gone, or until closed. */
  async read() {
    addEventListener("visibilitychange", this.#look, true);
    try {
      while (!this.#stop.signal.aborted) {
        const end = await this.#connect().catch((failure) => (failure instanceof Refusal ? failure : "cut"));
        if (this.#stop.signal.aborted) return;
        if (end === "over") return this.on.over();
        if (end instanceof Refusal && (end.status === 404 || end.status === 410)) return this.on.gone();
        if (session.state !== "in") return;
        this.on.connected(false);
        await pause(this.#backoff.next(this.#retry), this.#stop.signal);
      }
    } finally {
      removeEventListener("visibilitychange", this.#look, true);
    }
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
      const headers = { Accept: "text/event-stream", ...(this.after ? { "Last-Event-ID": this.after } : {}) };
      const response = await call(this.path, { headers, signal: connection.signal });
      if (response.status === 204) return "over";
      this.on.connected(true);
      return await this.#drain(response.body.getReader());
    } finally {
      clearInterval(watch);
      this.#stop.signal.removeEventListener("abort", this.cut);
      connection.abort();
    }
  }

  async #drain(reader) {
    let end = "cut";
    const opened = Date.now();
    const parser = new SseParser({
      retry: (milliseconds) => (this.#retry = milliseconds),
      event: (event) => {
        if (end === "over") return;
        if (TERMINAL.has(event.event)) end = "over";
        if (event.event === "session_revoked") session.lost();
        if (event.event !== "reconnect") this.on.event({ ...event, data: JSON.parse(event.data), sinceOpen: Date.now() - opened });
        if (event.id) this.after = event.id; // only now: what was not taken in is asked for again
        this.#backoff.reset();
      },
    });
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return end;
      this.#heard = Date.now();
      parser.push(value);
      if (end === "over") return end;
    }
  }

  // Also called when the page is looked at again: a phone that slept may hold a connection that has long been dead.
  #look = () => {
    if (document.visibilityState === "visible" && Date.now() - this.#heard > SILENCE) this.cut?.();
  };
}
