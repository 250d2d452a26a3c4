import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./js.mjs";

const { timeline } = await load("timeline.js");
const { apply, fromGeneration } = await load("run.js");

const BEGIN = Date.parse("2026-05-01T10:00:00Z");
const generation = (more) => ({
  id: "r",
  kind: "video",
  model: "fal/x",
  status: "running",
  prompt: "p",
  percent: 0,
  assets: [],
  created_at: "2026-05-01T10:00:00.000Z",
  started_at: "2026-05-01T10:00:00.800Z",
  ...more,
});
let sequence = 0;
const at = (run, second, event, data) => apply(run, { id: `1.${++sequence}`, event, data }, BEGIN + second * 1000, true);

test("waiting, a cut attempt, the wait before the next, the work and making it ready, in order", () => {
  let run = fromGeneration(generation());
  run = at(run, 0, "queued", { position: 2 });
  run = at(run, 0.8, "started", { attempt: 1, provider: "fal" });
  run = at(run, 4.08, "progress", { percent: 34, stage: "generating" });
  run = at(run, 4.1, "retrying", { attempt: 2, reason: "transient", delay_seconds: 1.2 });
  run = at(run, 5.3, "started", { attempt: 2, provider: "studio" });
  run = at(run, 12, "progress", { percent: 99, stage: "finishing" });
  run = at(run, 15.3, "completed", generation({ status: "completed", finished_at: "2026-05-01T10:00:15.300Z" }));
  const { total, spans } = timeline(run);
  assert.equal(total, 15.3);
  assert.deepEqual(
    spans.map(({ name, kind, from, to }) => [name, kind, from, to].join(" ")),
    [
      "Waited in line wait 0 0.8",
      "Attempt 1 \u00b7 fal cut 0.8 4.1",
      "Waited to retry wait 4.1 5.3",
      "Attempt 2 \u00b7 Studio work 5.3 12",
      "Made ready job 12 15.3",
    ],
  );
  assert.equal(spans[0].note, "2nd, then started");
  assert.equal(spans[1].note.replace("\u00a0", " "), "broke off at 34 %");
});

test("a start without a retry before it is a server that ended", () => {
  let run = fromGeneration(generation());
  run = at(run, 0.8, "started", { attempt: 1, provider: "studio" });
  run = at(run, 3, "progress", { percent: 20, stage: "generating" });
  run = at(run, 6, "started", { attempt: 1, provider: "studio" });
  const spans = timeline(run, BEGIN + 8000).spans;
  assert.deepEqual(
    spans.map(({ kind }) => kind),
    ["wait", "cut", "work"],
  );
});

test("a run that has not started is in line, and nothing is invented for it", () => {
  const { spans } = timeline(fromGeneration(generation({ status: "queued", started_at: null })), BEGIN + 5000);
  assert.deepEqual(
    spans.map(({ name, from, to }) => [name, from, to]),
    [["In line", 0, 5]],
  );
});

test("no stretch leaves the scale, whatever the events say", () => {
  let run = fromGeneration(generation());
  run = at(run, 0.8, "started", { attempt: 1, provider: "studio" });
  run = at(run, 1, "retrying", { attempt: 2, reason: "x", delay_seconds: 900 });
  run = at(run, 2, "failed", generation({ status: "failed", finished_at: "2026-05-01T10:00:02Z" }));
  const { total, spans } = timeline(run);
  for (const { from, to } of spans) assert.ok(from >= 0 && to <= total && from < to);
});
