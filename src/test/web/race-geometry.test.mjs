import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./js.mjs";

const { geometry } = await load("race-geometry.js");

test("the gate stands at the likely end, the water at its part of the way there", () => {
  const { gate, fill, mark } = geometry({ percent: 62, eta: 6, p90: 10, elapsed: 10, mark: 30 });
  assert.equal(gate, 80);
  assert.equal(fill, 49.6);
  assert.equal(mark, 24);
});

test("as certainty grows the spill shrinks to nothing", () => {
  const spill = [
    [8, 14],
    [4, 6],
    [1, 1.2],
    [0, 0],
  ].map(([eta, p90]) => 100 - geometry({ percent: 50, eta, p90, elapsed: 6 }).gate);
  assert.deepEqual(
    [...spill].sort((one, other) => other - one),
    spill,
  );
  assert.equal(spill[3], 0);
});

test("without a time the gate still stands somewhere, and nothing leaves the channel", () => {
  const { gate, fill } = geometry({ percent: 240, eta: null });
  assert.ok(gate > 50 && gate < 100);
  assert.ok(fill <= gate);
  assert.equal(geometry({ percent: 0, eta: 0, p90: 0, elapsed: 0 }).gate, 100);
  assert.ok(geometry({ percent: 10, eta: 9, p90: 3, elapsed: 1 }).gate <= 100);
});
