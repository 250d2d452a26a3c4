// The timeline of a run, made from its events: when it waited, which attempt worked how long, what came after. A moment nobody
// told is taken from the last one that was told, so that no stretch is invented.
import { reasonInWords, secondOf } from "./event-log.js";
import { ordinal, percent, providerName } from "./words.js";

/** @returns {{total, spans: [{name, note, kind: "wait" | "work" | "cut" | "job", from, to}]}} in seconds since the run was created */
export function timeline(run, now = Date.now()) {
  const since = (at) => Math.max(0, (at - run.createdAt) / 1000);
  const total = Math.max(since(run.finishedAt ?? now), 0.1);
  const place = run.log.find(({ event, data }) => event === "queued" && data.position)?.data.position;
  const inLine = place > 1 ? ordinal(place) : place === 1 ? "next in line" : "";
  if (!run.startedAt) return { total, spans: [{ name: "In line", note: inLine, kind: "wait", from: 0, to: total }] };
  const strip = new Strip(total, Math.min(since(run.startedAt), total));
  strip.add("Waited in line", inLine ? `${inLine}, then started` : "then started", "wait", 0, strip.last);
  for (const line of run.log) step(strip, line, run);
  strip.close(strip.open?.kind === "job" ? "job" : run.status === "failed" ? "cut" : "work", endOf(run, strip.open), total);
  return { total, spans: strip.spans };
}

function step(strip, { event, at, data }, run) {
  strip.reach(secondOf({ at, data }, run));
  if (event === "started") {
    strip.close("cut", "its server ended, the run moved on");
    strip.begin(`Attempt ${data.attempt ?? 1} \u00b7 ${providerName(data.provider)}`);
  } else if (event === "progress" && data.stage === "finishing" && strip.open?.kind === "work") {
    strip.close("work", "made it");
    strip.begin("Made ready", "job");
  } else if (event === "progress" && data.percent) {
    strip.percent = data.percent;
  } else if (event === "retrying") {
    strip.close("cut", strip.percent ? `broke off at ${percent(strip.percent)}` : "broke off");
    const until = strip.last + (data.delay_seconds ?? 0);
    strip.add("Waited to retry", reasonInWords(data.reason), "wait", strip.last, until);
    strip.reach(until);
  }
}

class Strip {
  spans = [];
  open = null;
  percent = null;

  constructor(total, started) {
    this.total = total;
    this.last = started; // the latest moment told
  }

  reach(second) {
    if (second !== null && second > this.last) this.last = Math.min(second, this.total);
  }

  begin(name, kind = "work") {
    this.open = { name, kind, from: this.last };
  }

  close(kind, note, to = this.last) {
    if (this.open) this.add(this.open.name, note, kind, this.open.from, to);
    this.open = null;
  }

  add(name, note, kind, from, to) {
    const end = Math.min(to, this.total);
    if (end - from >= 0.05) this.spans.push({ name, note, kind, from, to: end });
  }
}

function endOf(run, open) {
  if (run.status === "failed") return "ended here";
  if (run.status === "canceled") return "stopped by you";
  if (run.status !== "completed") return "at work";
  return open?.kind === "job" ? "ready" : "made it";
}
