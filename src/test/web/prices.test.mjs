import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./js.mjs";

const { price } = await load("prices.js");

test("a price is said in its currency's own decimals", () => {
  assert.equal(price(1000, "usd"), "$10.00");
  assert.equal(price(2205, "eur"), "€22.05");
  assert.equal(price(1200, "jpy"), "¥1,200");
  assert.equal(price(1500, "kwd").replace(/\s/, " "), "KWD 1.500");
});
