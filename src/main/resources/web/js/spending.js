// Thirty days of spending in one sentence: what a chart of them says.
import { credits, plural } from "./words.js";

const dayName = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", timeZone: "UTC" });

export function spending(days) {
  const runs = days.reduce((sum, day) => sum + day.runs, 0);
  const spent = days.reduce((sum, day) => sum + day.spent, 0);
  const most = days.reduce((a, b) => (b.spent > a.spent ? b : a));
  const when = days.filter((day) => day.spent > 0).length > 1 ? `, most on ${dayName.format(new Date(most.day))}` : "";
  return `${credits(Math.round(spent * 1e6) / 1e6)} on ${plural(runs, "run")} in ${days.length} days${when}`;
}
