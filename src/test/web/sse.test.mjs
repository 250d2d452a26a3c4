import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./js.mjs";

const { SseParser } = await load("sse.js");

function read(chunks) {
  const heard = { events: [], retries: [], comments: 0 };
  const parser = new SseParser({
    event: (event) => heard.events.push(event),
    retry: (milliseconds) => heard.retries.push(milliseconds),
    comment: () => (heard.comments += 1),
  });
  for (const chunk of chunks) parser.push(typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk);
  return heard;
}

const STREAM =
  '\ufeffretry: 2500\n\n:\n\nid: 1.2.3\nevent: delta\ndata: {"text":"f\u00fcnf \u{1f3de} caf\u00e9"}\n\nid: 1.3.9\nevent: completed\ndata: {}\n\n';

test("an event is told with its id, name and data", () => {
  const { events, retries, comments } = read([STREAM]);
  assert.deepEqual(events[0], { id: "1.2.3", event: "delta", data: '{"text":"f\u00fcnf \u{1f3de} caf\u00e9"}' });
  assert.deepEqual(retries, [2500]);
  assert.equal(comments, 1);
});

test("a stream cut at any byte, and into single bytes, reads the same", () => {
  const bytes = new TextEncoder().encode(STREAM);
  const whole = read([bytes]);
  for (let at = 0; at <= bytes.length; at++) assert.deepEqual(read([bytes.slice(0, at), bytes.slice(at)]), whole, `cut at ${at}`);
  assert.deepEqual(read(Array.from(bytes, (byte) => Uint8Array.of(byte))), whole);
});

test("lines may end with CR, LF or both, mixed and cut between them", () => {
  for (const end of ["\n", "\r", "\r\n"]) {
    const text = `event: a${end}data: 1${end}${end}data: 2${end}${end}`;
    const bytes = new TextEncoder().encode(text);
    for (let at = 0; at <= bytes.length; at++) {
      const { events } = read([bytes.slice(0, at), bytes.slice(at)]);
      assert.deepEqual(
        events.map(({ event, data }) => `${event} ${data}`),
        ["a 1", "message 2"],
        JSON.stringify(end) + at,
      );
    }
  }
});

test("an event that ends with CR is told at once, not with the next byte", () => {
  assert.equal(read(["data: 1\r\r"]).events.length, 1);
});

test("several data lines are joined, one leading space is taken off", () => {
  const { events } = read(["data: a\ndata:  b\ndata:c\ndata\n\n"]);
  assert.equal(events[0].data, "a\n b\nc\n");
});

test("an event without data is none, and an id belongs to its event alone", () => {
  const { events } = read(["id: 1\nevent: x\n\ndata: a\n\nid: 2\ndata: b\n\nevent: limits\ndata: c\n\n"]);
  assert.deepEqual(
    events.map(({ id, data }) => [id, data]),
    [
      [null, "a"],
      ["2", "b"],
      [null, "c"],
    ],
  );
});

test("what a cut leaves without its empty line is never told", () => {
  assert.deepEqual(read(["data: whole\n\nid: 9\nevent: delta\ndata: half\n"]).events.length, 1);
});

test("unknown fields, an id with NUL and a retry that is no number are passed over", () => {
  const { events, retries } = read(["foo: bar\nid: a\0b\nretry: 12x\nretry: -1\ndata: a\n\n"]);
  assert.equal(events[0].id, null);
  assert.deepEqual(retries, []);
});

test("heartbeats alone are heard", () => {
  assert.equal(read([":\n\n", ": still here\n\n"]).comments, 2);
});
