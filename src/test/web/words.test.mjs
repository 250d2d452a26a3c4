import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./js.mjs";

const words = await load("words.js");
const plain = (text) => text.replaceAll("\u00a0", " ");

test("credits have two decimals, more only where there are more", () => {
  assert.equal(words.amount(3.2), "3.20");
  assert.equal(words.amount(0.000001), "0.000001");
  assert.equal(words.amount(1482.4), "1,482.40");
  assert.equal(words.amount(-3.32), "\u22123.32");
  assert.equal(words.glance(184.50996), "184.50");
  assert.equal(words.glance(0.29), "0.29");
});

test("a running cost of a few words does not read as free", () => {
  assert.equal(words.running(0.004), "0.004");
  assert.equal(words.running(0.02), "0.02");
  assert.equal(words.running(1.983333), "1.98");
  assert.equal(words.running(0), "0.00");
});

test("percent is cut off, never rounded up to a hundred", () => {
  assert.equal(plain(words.percent(99.9)), "99 %");
});

test("a band has one unit, and one figure when both agree", () => {
  assert.equal(plain(words.band(6, 9)), "6\u20139 s");
  assert.equal(plain(words.band(6, 6.2)), "6 s");
  assert.equal(plain(words.band(6, null)), "6 s");
  assert.equal(plain(words.band(120, 300)), "2\u20135 min");
  assert.equal(plain(words.band(50, 120)), "50 s to 2 min");
  assert.equal(plain(words.band(9, 6)), "9 s");
  assert.equal(plain(words.spokenBand(6, 9)), "6 to 9 seconds".replace(" seconds", " seconds"));
});

test("a length of time is told in the unit a person would use", () => {
  assert.equal(plain(words.duration(0.2)), "1 s");
  assert.equal(plain(words.duration(840)), "14 min");
  assert.equal(plain(words.duration(4200)), "1 h 10 min");
  assert.equal(plain(words.duration(3599)), "1 h");
  assert.equal(plain(words.took(13.26)), "13.3 s");
  assert.equal(words.length(64.9), "1:04");
});

test("places in line", () => {
  assert.deepEqual([1, 2, 3, 4, 11, 12, 13, 21, 102, 111].map(words.ordinal), [
    "1st",
    "2nd",
    "3rd",
    "4th",
    "11th",
    "12th",
    "13th",
    "21st",
    "102nd",
    "111th",
  ]);
});

test("a moment is told as today, yesterday or a date", () => {
  const now = new Date(2026, 4, 3, 15, 0).getTime();
  assert.equal(words.moment(new Date(2026, 4, 3, 14, 2), now), "Today, 14:02");
  assert.equal(words.moment(new Date(2026, 4, 2, 23, 59), now), "Yesterday, 23:59");
  assert.equal(words.moment(new Date(2026, 3, 12, 9, 5), now), "12 Apr, 09:05");
  assert.equal(words.shortMoment(new Date(2026, 4, 3, 14, 2), now), "14:02");
});

test("models and providers have names", () => {
  assert.equal(words.modelName("studio/video"), "Studio video");
  assert.equal(words.modelName("studio/chaos-text"), "Studio chaos text");
  assert.equal(words.providerName("openai"), "OpenAI");
  assert.equal(words.providerName("studio"), "Studio");
  assert.equal(words.providerName(null), "The provider");
});

test("what is wrong with a field is a sentence", () => {
  assert.equal(words.fault("Seed", "must be 0 to 9"), "Seed must be 0 to 9.");
  assert.equal(words.fault("Prompt", "There is a NUL in it."), "There is a NUL in it.");
});
