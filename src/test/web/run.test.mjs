import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./js.mjs";

const { apply, fromGeneration, isOver, stands } = await load("run.js");
const { eventsIn } = await load("event-log.js");

const AT = Date.parse("2026-05-01T10:00:00Z");
const generation = (more = {}) => ({
  id: "r1",
  kind: "text",
  model: "studio/text",
  status: "running",
  stage: "generating",
  prompt: "p",
  percent: 10,
  eta_seconds: 5,
  cost: { estimated: 0.02, charged: null },
  attempts: 1,
  text: null,
  assets: [],
  error: null,
  receipt: null,
  retry_of: null,
  created_at: "2026-05-01T09:59:50Z",
  started_at: "2026-05-01T09:59:51Z",
  finished_at: null,
  ...more,
});
let sequence = 0;
const event = (name, data, id = `1.${++sequence}.0`) => ({ id, event: name, data });
const follow = (run, events) => events.reduce((known, each) => apply(known, each, AT), run);
const done = (more = {}) =>
  generation({
    status: "completed",
    stage: null,
    percent: 100,
    text: "one two",
    receipt: { charged: 0.01, released: 0.09, lines: [] },
    finished_at: "2026-05-01T10:00:00Z",
    ...more,
  });

test("deltas are put together in order", () => {
  const run = follow(fromGeneration(generation()), [
    event("started", { attempt: 1, provider: "studio" }),
    event("delta", { text: "one" }),
    event("delta", { text: " two" }),
  ]);
  assert.equal(run.text, "one two");
});

test("an event told twice counts once", () => {
  const twice = event("delta", { text: "one" });
  assert.equal(follow(fromGeneration(generation()), [twice, twice]).text, "one");
});

test("a replay from the start replaces what a snapshot had shown", () => {
  const shown = fromGeneration(generation({ text: "one tw" }));
  assert.equal(shown.text, "one tw");
  assert.equal(follow(shown, [event("delta", { text: "one" }), event("delta", { text: " two" })]).text, "one two");
});

test("a reset replaces the text by what is kept, and deltas go on from there", () => {
  const run = follow(fromGeneration(generation()), [
    event("delta", { text: "one two thr" }),
    event("reset", { reason: "restart", text: "one two" }),
    event("delta", { text: " four" }),
  ]);
  assert.equal(run.text, "one two four");
});

test("percent never falls: not by progress, not by a retry, not by an older list", () => {
  let run = follow(fromGeneration(generation({ kind: "video" })), [
    event("progress", { percent: 62, stage: "generating" }),
    event("progress", { percent: 8, stage: "generating" }),
  ]);
  assert.equal(run.percent, 62);
  run = follow(run, [
    event("retrying", { attempt: 2, reason: "transient", delay_seconds: 3 }),
    event("started", { attempt: 2, provider: "studio" }),
    event("progress", { percent: 5, stage: "generating" }),
  ]);
  assert.equal(run.percent, 62);
  assert.equal(run.mark, 62);
  assert.equal(fromGeneration(generation({ kind: "video", percent: 3 }), run).percent, 62);
});

test("a retry is a face of its own until the next attempt starts", () => {
  const waiting = follow(fromGeneration(generation()), [
    event("started", { attempt: 1 }),
    event("retrying", { attempt: 2, reason: "overloaded", delay_seconds: 3 }),
  ]);
  assert.equal(waiting.face, "retrying");
  assert.equal(waiting.retry.until, AT + 3000);
  assert.equal(follow(waiting, [event("progress", { percent: 10, stage: "retrying" })]).face, "retrying");
  assert.equal(follow(waiting, [event("started", { attempt: 2 })]).face, "running");
});

test("contact lost is unresolved, never failed, and ends with the next word", () => {
  const lost = follow(fromGeneration(generation()), [
    event("progress", {
      percent: 69,
      stage: "unresolved",
      unresolved: { since: "2026-05-01T09:59:12Z", next_check_seconds: 20, until: "2026-05-01T10:14:00Z" },
    }),
  ]);
  assert.equal(lost.face, "unresolved");
  assert.equal(follow(lost, [event("progress", { percent: 70, stage: "generating" })]).face, "running");
});

test("the provider is done: the run is processing", () => {
  assert.equal(
    follow(fromGeneration(generation({ kind: "video" })), [event("progress", { percent: 99, stage: "finishing" })]).face,
    "processing",
  );
});

test("the terminal event is the last word, and what comes after changes nothing", () => {
  const run = follow(fromGeneration(generation()), [
    event("delta", { text: "one two" }),
    event("completed", done()),
    event("delta", { text: " three" }),
    event("progress", { percent: 3, stage: "generating" }),
  ]);
  assert.ok(isOver(run));
  assert.equal(run.text, "one two");
  assert.equal(run.receipt.charged, 0.01);
  assert.equal(run.face, "completed");
});

test("a finished run can be read again for its events without becoming unfinished", () => {
  const run = follow(fromGeneration(done()), [
    event("queued", { position: 2 }),
    event("started", { attempt: 1 }),
    event("delta", { text: "one two" }),
    event("completed", done()),
  ]);
  assert.equal(run.status, "completed");
  assert.equal(run.text, "one two");
  assert.equal(eventsIn(run.log), 4);
});

test("a list that is older than the stream changes neither text nor state while the stream is read", () => {
  const read = follow(fromGeneration(generation()), [event("delta", { text: "one two" })]);
  const listed = fromGeneration(generation({ text: "one", status: "queued", stage: "queued" }), read, { reading: true });
  assert.equal(listed.text, "one two");
  assert.equal(listed.status, "running");
  assert.equal(listed.lastId, read.lastId);
});

test("text that a list brought without a stream makes the stream begin from the start", () => {
  const read = follow(fromGeneration(generation()), [event("delta", { text: "one" })]);
  const listed = fromGeneration(generation({ text: "one two three" }), read);
  assert.equal(listed.text, "one two three");
  assert.equal(listed.lastId, null);
});

test("an asset replaces the one with its id and joins the others", () => {
  const run = follow(fromGeneration(generation({ kind: "image", assets: [{ id: "a", url: null }] })), [
    event("asset", { id: "a", url: "/x" }),
    event("asset", { id: "b", url: "/y" }),
  ]);
  assert.deepEqual(
    run.assets.map(({ id, url }) => [id, url]),
    [
      ["a", "/x"],
      ["b", "/y"],
    ],
  );
});

test("unknown events change nothing", () => {
  const run = fromGeneration(generation());
  assert.equal(apply(run, event("something_new", { a: 1 }), AT), run);
});

test("the account's stream says where a run stands, and never takes it back", () => {
  const run = fromGeneration(generation({ percent: 40 }));
  const later = stands(run, { id: "r1", status: "processing", stage: "finishing", percent: 92 }, AT);
  assert.equal(later.face, "processing");
  assert.equal(later.percent, 92);
  assert.equal(stands(later, { id: "r1", status: "processing", stage: "finishing", percent: 50 }, AT).percent, 92);
  const over = fromGeneration(done());
  assert.equal(stands(over, { id: "r1", status: "running", stage: "generating", percent: 3 }, AT), over);
});
