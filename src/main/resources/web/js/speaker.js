// What is said aloud of runs: that one began or goes on in another way, each quarter, and always how it ended.
import { announcer, quarterPassed } from "./announcer.js";
import { isOver } from "./run.js";
import { runs } from "./runs.js";
import { line } from "./say.js";
import { percent } from "./words.js";

runs.addEventListener("run", ({ detail: { before, run } }) => {
  const sentence = said(before, run);
  if (sentence) announcer.say(`${short(run.prompt)}: ${sentence}`, { must: isOver(run) });
});

export function said(before, run) {
  if (before.face !== run.face) {
    const { mark, strong, rest } = line(run);
    return [mark?.[1], strong, rest].filter(Boolean).join(" ");
  }
  if (isOver(run)) return null;
  const quarter = quarterPassed(before.percent, run.percent);
  return quarter === null ? null : percent(quarter);
}

const short = (prompt) => (prompt.length > 60 ? `${prompt.slice(0, 57)}\u2026` : prompt);
