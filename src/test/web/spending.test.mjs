import assert from "node:assert/strict";
import { test } from "node:test";
import { spending } from "../../main/resources/web/js/spending.js";

const day = (name, runs, spent) => ({ day: name, runs, spent });

test("days of spending are told in one sentence", () => {
  assert.equal(
    spending([day("2026-11-27", 2, 0.1), day("2026-11-28", 0, 0), day("2026-11-29", 3, 5.2)]),
    "5.30\u00a0credits on 5 runs in 3 days, most on 29 November",
  );
});

test("of a single day it is not said that it was most", () => {
  assert.equal(spending([day("2026-11-28", 0, 0), day("2026-11-29", 1, 4)]), "4.00\u00a0credits on 1 run in 2 days");
});
