// Credits and windows as gauges say them: level, words, and whether it is low.
import { amount, clock, count, duration, glance, isToday, secondsUntil } from "./words.js";

const LOW = 20; // percent

/** Credits against what the month began with. */
export function creditGauge({ credits, month }, runsUnderWay) {
  const { balance, held, available } = credits;
  const full = Math.max(balance + (month?.spent ?? 0), balance, 0.01);
  const level = (100 * Math.max(0, available)) / full;
  const runs = runsUnderWay === 1 ? "1 run" : `${count(runsUnderWay)} runs`;
  const words = held > 0 ? `${glance(held)} of it held${runsUnderWay > 0 ? ` for ${runs}` : ""}` : "nothing held";
  return { label: "Credits", shown: glance(balance), of: "left", level, held: (100 * held) / full, words, state: stateOf(level) };
}

/** One window; {@code says} is "minute" or "day". */
export function windowGauge(window, says, now = Date.now()) {
  const { limit, remaining } = window;
  const level = limit > 0 ? (100 * remaining) / limit : 0;
  const state = stateOf(level);
  return {
    label: says === "minute" ? "This minute" : "Today",
    shown: count(remaining),
    of: `of ${count(limit)}${state === "low" ? " left" : ""}`,
    level,
    held: 0,
    words: wordsOf(window, now),
    state,
  };
}

/** The account's own cap: how much of it is spent today. What is held for runs under way counts as spent. */
export function capGauge({ limit, spent, remaining }) {
  return {
    label: "Spent today",
    shown: glance(spent),
    of: `of ${amount(limit)}`,
    level: limit > 0 ? Math.min(100, (100 * spent) / limit) : 100,
    held: 0,
    words: remaining > 0 ? `${glance(remaining)} left until midnight UTC` : "nothing more until midnight UTC",
    state: stateOf(limit > 0 ? (100 * remaining) / limit : 0),
  };
}

function wordsOf({ limit, remaining, resetAt }, now) {
  if (remaining >= limit) return "nothing used yet";
  const seconds = secondsUntil(resetAt, now);
  if (seconds === 0) return "more in a moment";
  if (remaining <= 0) return seconds < 3600 ? `next one in ${duration(seconds)}` : `next one at ${clockOf(resetAt, now)}`;
  return seconds < 3600 ? `one more in ${duration(seconds)}` : `more from ${clockOf(resetAt, now)}`;
}

const clockOf = (at, now) => (isToday(at, now) ? clock(at) : `${clock(at)} tomorrow`);

const stateOf = (level) => (level <= 0 ? "out" : level <= LOW ? "low" : "ok");
