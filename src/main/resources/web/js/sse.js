// Reads text/event-stream as the HTML standard describes it, from chunks that may be cut anywhere, inside a character or between CR and LF.
// Unlike EventSource it tells of every line that arrives, comments included: a heartbeat is how a reader knows that silence is not an outage.

const LINE_END = /\r\n|\n|\r/;

export class SseParser {
  #decoder = new TextDecoder();
  #rest = "";
  #first = true;
  #afterReturn = false;
  #event = "";
  #data = [];
  #id = "";

  /** @param on {event({id, event, data}), retry(milliseconds), comment(text)}, each optional */
  constructor(on) {
    this.on = on;
  }

  /** Takes the next bytes; calls back for everything they complete. */
  push(bytes) {
    let arrived = this.#decoder.decode(bytes, { stream: true });
    if (arrived === "") return;
    if (this.#first) arrived = arrived.replace(/^\ufeff/, "");
    this.#first = false;
    if (this.#afterReturn && arrived[0] === "\n") arrived = arrived.slice(1); // the CR before it has ended the line already
    this.#afterReturn = arrived === "" ? false : arrived.endsWith("\r");
    const lines = (this.#rest + arrived).split(LINE_END);
    this.#rest = lines.pop();
    for (const line of lines) this.#line(line);
  }

  #line(line) {
    if (line === "") return this.#dispatch();
    const colon = line.indexOf(":");
    if (colon === 0) return this.on.comment?.(line.slice(1));
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    switch (field) {
      case "event":
        this.#event = value;
        break;
      case "data":
        this.#data.push(value);
        break;
      case "id":
        if (!value.includes("\0")) this.#id = value;
        break;
      case "retry":
        if (/^\d+$/.test(value)) this.on.retry?.(Number(value));
        break;
    }
  }

  // An event without data is none, and what a cut leaves behind without its empty line is never delivered. The id belongs to
  // this event alone: ours carry one exactly when they are logged, and only those may become the place to resume from.
  #dispatch() {
    const event = { id: this.#id || null, event: this.#event || "message", data: this.#data.join("\n") };
    const filled = this.#data.length > 0;
    this.#event = "";
    this.#data = [];
    this.#id = "";
    if (filled) this.on.event?.(event);
  }
}
