import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./js.mjs";

const { figures, line, spoken } = await load("say.js");
const { fromGeneration } = await load("run.js");

const NOW = Date.parse("2026-05-01T10:00:00Z");
const plain = (text) => text.replaceAll("\u00a0", " ");
const whole = (run) => {
  const { mark, strong, rest, last } = line(run, NOW);
  return plain([mark?.[1], ...(last ? [rest, strong] : [strong, rest])].filter(Boolean).join(" "));
};
const told = (run) => figures(run, NOW).map(({ value, label }) => plain(`${value} ${label}`).trim());
const run = (more, known = {}) => ({
  ...fromGeneration({
    id: "r",
    kind: "video",
    model: "studio/video",
    status: "running",
    stage: "generating",
    prompt: "p",
    percent: 62,
    cost: { estimated: 3.2 },
    assets: [],
    created_at: "2026-05-01T09:59:47Z",
    started_at: "2026-05-01T09:59:47Z",
    ...more,
  }),
  provider: "studio",
  ...known,
});

test("queued", () => {
  const queued = run({ status: "queued", stage: "queued", percent: 0 }, { position: 3, eta: 12, held: 0.4 });
  assert.equal(whole(queued), "3rd in line. Starts in about 12 s, an estimate.");
  assert.deepEqual(told(queued), ["3rd in line", "0.40 credits held"]);
  assert.equal(whole(run({ status: "queued" }, { position: 1 })), "Next in line.");
  assert.equal(whole(run({ status: "queued" })), "Waiting in line.");
});

test("running", () => {
  const running = run({}, { eta: 6, p90: 9, soFar: 1.98, source: "measured" });
  assert.equal(whole(running), "Drawing the frames \u00b7 Studio video");
  assert.deepEqual(told(running), ["62 %", "6\u20139 s left", "1.98 credits so far, of about 3.20"]);
  assert.equal(plain(spoken(running, NOW)), "62 percent, 6 to 9 seconds left");
});

test("running text", () => {
  const writing = run(
    { kind: "text", model: "studio/text", text: "one two three", cost: { estimated: 0.02 } },
    { eta: 4, p90: 7, soFar: 0.02, source: "estimated" },
  );
  assert.equal(whole(writing), "Writing \u00b7 Studio text");
  assert.deepEqual(told(writing), ["3 words", "4\u20137 s left, an estimate", "0.02 credits so far"]);
  assert.deepEqual(told({ ...writing, basis: "counted" }).at(-1), "0.02 credits so far by our count");
  assert.deepEqual(told({ ...writing, basis: "counted", estimated: 0.5 }).at(-1), "0.02 credits so far by our count, of about 0.50");
});

test("retrying names the reason, the attempt, and that it is paid once", () => {
  const retrying = run(
    { stage: "retrying" },
    { provider: "fal", retry: { attempt: 2, reason: "overloaded", until: NOW + 2900 }, mark: 47, percent: 47, held: 1.2 },
  );
  assert.equal(whole(retrying), "Trying again in 3 s. fal was busy. This is attempt 2, and you pay once.");
  assert.deepEqual(told(retrying), ["47 % best so far", "1.20 credits held"]);
  assert.equal(plain(spoken(retrying, NOW)), "47 percent when an attempt broke off. Trying again in 3 s.");
});

test("unresolved is not failed: it says since when, what comes next, and that nothing is charged", () => {
  const lost = run(
    { stage: "unresolved", percent: 69 },
    {
      provider: "replicate",
      held: 4.2,
      unresolved: { since: "2026-05-01T09:59:12Z", next_check_seconds: 20, until: "2026-05-01T10:14:00Z" },
    },
  );
  assert.equal(whole(lost), "No word from Replicate for 48 s. It may still be working, so we keep asking. Next check in 20 s.");
  assert.deepEqual(told(lost), ["69 % at last report", "4.20 credits held, not charged", "in 14 min we stop asking"]);
});

test("processing", () => {
  assert.equal(whole(run({ status: "processing", stage: "finishing" })), "The video is made. Getting it ready to play.");
});

test("ended: done, failed, stopped, each with its receipt", () => {
  const receipt = { charged: 3.2, released: 1.4 };
  const done = run({ status: "completed", percent: 100, finished_at: "2026-05-01T10:00:00Z", receipt });
  assert.equal(whole(done), "Done in 13 s");
  assert.deepEqual(told(done), ["3.20 credits charged", "1.40 of the hold released"]);
  const failed = run({
    status: "failed",
    finished_at: "2026-05-01T10:00:00Z",
    receipt: { charged: 0, released: 1.2 },
    error: { detail: "The provider refused this prompt" },
  });
  assert.equal(whole(failed), "Failed The provider refused this prompt. You were not charged.");
  assert.deepEqual(told(failed), ["1.20 credits released"]);
  const stopped = run({
    status: "canceled",
    percent: 41,
    finished_at: "2026-05-01T10:00:00Z",
    receipt: { charged: 0.49, released: 0.71 },
    assets: [{ id: "a" }],
  });
  assert.equal(whole(stopped), "Stopped by you at 41 % The part that was made is in your gallery.");
  assert.deepEqual(told(stopped), ["0.49 credits charged for this part", "0.71 released"]);
});

test("what was charged is said once, also where the server says it too", () => {
  const failed = run({
    status: "failed",
    finished_at: "2026-05-01T10:00:00Z",
    receipt: { charged: 0, released: 1.2 },
    error: { detail: "The file could not be worked on. You were not charged." },
  });
  assert.equal(whole(failed), "Failed The file could not be worked on. You were not charged.");
});

test("stopped with nothing made says that nothing was charged", () => {
  const stopped = run({ status: "canceled", percent: 0, finished_at: "2026-05-01T10:00:00Z", receipt: { charged: 0, released: 1.2 } });
  assert.equal(whole(stopped), "Stopped by you You were not charged.");
});
