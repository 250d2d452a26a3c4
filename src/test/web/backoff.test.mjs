import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./js.mjs";

const { Backoff } = await load("backoff.js");

test("the first try comes when the server asked for it, the next ones later, none later than half a minute", () => {
  const backoff = new Backoff(() => 1);
  assert.deepEqual(
    Array.from({ length: 6 }, () => backoff.next(2500)),
    [2500, 5000, 10_000, 20_000, 30_000, 30_000],
  );
});

test("readers that were cut off together come back apart", () => {
  const early = new Backoff(() => 0);
  early.next(2500);
  assert.equal(early.next(2500), 2500);
  assert.equal(early.next(2500), 5000);
});

test("what worked is forgotten", () => {
  const backoff = new Backoff(() => 1);
  backoff.next(2000);
  backoff.next(2000);
  backoff.reset();
  assert.equal(backoff.next(2000), 2000);
});

test("a server that asks for longer is obeyed", () => {
  assert.equal(new Backoff(() => 0).next(60_000), 60_000);
});
