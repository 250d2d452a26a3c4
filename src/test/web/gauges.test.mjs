import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./js.mjs";

const { capGauge, creditGauge, windowGauge } = await load("gauges.js");
const { heard, serverNow } = await load("server-time.js");
const plain = (text) => text.replaceAll("\u00a0", " ");
const NOW = new Date(2026, 4, 3, 14, 0).getTime();

test("credits: what is left, and the part of it that is held", () => {
  const gauge = creditGauge({ credits: { balance: 150, held: 30, available: 120 }, month: { spent: 50 } }, 2);
  assert.deepEqual(
    [gauge.shown, gauge.of, gauge.level, gauge.held, gauge.words, gauge.state],
    ["150.00", "left", 60, 15, "30.00 of it held for 2 runs", "ok"],
  );
  assert.equal(creditGauge({ credits: { balance: 200, held: 0, available: 200 }, month: null }, 0).words, "nothing held");
});

test("a fifth left is low, nothing left is out", () => {
  const state = (available) =>
    creditGauge({ credits: { balance: available, held: 0, available }, month: { spent: 100 - available } }, 0).state;
  assert.deepEqual([21, 20, 0.01, 0].map(state), ["ok", "low", "low", "out"]);
});

test("a cap fills with what is spent of it, and says what is left", () => {
  const said = (limit, spent, remaining) => {
    const { shown, of, level, words, state } = capGauge({ limit, spent, remaining });
    return [shown, of, level, words, state];
  };
  assert.deepEqual(said(60, 38.2, 21.8), ["38.20", "of 60.00", (100 * 38.2) / 60, "21.80 left until midnight UTC", "ok"]);
  assert.deepEqual(said(10, 8, 2), ["8.00", "of 10.00", 80, "2.00 left until midnight UTC", "low"]);
  assert.deepEqual(said(5, 7.5, 0), ["7.50", "of 5.00", 100, "nothing more until midnight UTC", "out"]);
  assert.deepEqual(said(0, 0, 0), ["0.00", "of 0.00", 100, "nothing more until midnight UTC", "out"]);
});

test("a window says when there is more of it", () => {
  const words = (remaining, seconds) => plain(windowGauge({ limit: 60, remaining, resetAt: NOW + seconds * 1000 }, "minute", NOW).words);
  assert.equal(words(60, 0), "nothing used yet");
  assert.equal(words(57, 41), "one more in 41 s");
  assert.equal(words(0, 12), "next one in 12 s");
  assert.equal(words(0, 0), "more in a moment");
  assert.equal(plain(windowGauge({ limit: 1000, remaining: 188, resetAt: NOW + 20_400_000 }, "day", NOW).words), "more from 19:40");
  assert.equal(windowGauge({ limit: 1000, remaining: 188, resetAt: NOW }, "day", NOW).of, "of 1,000 left");
});

test("a clock that is far off is corrected by the server's, one that is near is left alone", () => {
  heard(new Date(Date.now() + 120_000).toUTCString());
  assert.ok(Math.abs(serverNow() - Date.now() - 120_000) < 2_000);
  heard(new Date(Date.now() - 900).toUTCString());
  assert.ok(Math.abs(serverNow() - Date.now()) < 50);
  heard(null);
});
