import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./js.mjs";

const { typed } = await load("typed.js");

test("a comma is as good as a point, and what is no number stays what it is", () => {
  assert.deepEqual(["5", " 0.5 ", "0,5", "0", "", "  ", "a lot", "1,000,000", "Infinity"].map(typed), [
    5, 0.5, 0.5, 0, "", "", "a lot", "1,000,000", "Infinity",
  ]);
});
