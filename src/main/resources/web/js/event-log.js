// The events of a run as a reader of the run page sees them: deltas that follow each other share a line.
import { amount, band, percent, plural, providerName, wordsIn } from "./words.js";

const LONGEST = 400; // lines kept; the oldest progress goes first, it says least

/** The log with one more event. {@code at} is when it came, null while the past is replayed. */
export function note(log, { event, data }, at) {
  const last = log[log.length - 1];
  const words = event === "delta" ? wordsIn(data.text) : 0;
  if (event === "delta" && last?.event === "delta") {
    return [...log.slice(0, -1), { ...last, events: last.events + 1, words: last.words + words, at: at ?? last.at }];
  }
  const number = last ? last.number + last.events : 1;
  const longer = [...log, { number, events: 1, event, at, words, data: event === "delta" ? {} : data }];
  if (longer.length <= LONGEST) return longer;
  const spare = longer.findIndex((line) => line.event === "progress" || line.event === "preview");
  return longer.filter((_, index) => index !== Math.max(0, spare));
}

/** How many events the log stands for. */
export const eventsIn = (log) => log.reduce((sum, { events }) => sum + events, 0);

/** When it happened, in seconds since the run was created, or null where nobody told. */
export function secondOf({ at, data }, run) {
  if (at !== null) return Math.max(0, (at - run.createdAt) / 1000);
  return data.elapsed_seconds ?? null;
}

/** What the line says of its event. */
export const says = (line) => (SAYS[line.event] ?? (() => ""))(line.data, line);

const SAYS = {
  queued: ({ position }) => (position ? `position ${position}` : "no need to wait"),
  started: ({ provider, attempt }) => `${providerName(provider)}, attempt ${attempt ?? 1}`,
  progress: (data) => [done(data), left(data), data.stage === "generating" ? data.source : data.stage].filter(Boolean).join(", "),
  delta: (_, { events, words }) => `${plural(events, "piece")}, about ${plural(words, "word")}`,
  preview: ({ step }) => (step ? `step ${step}` : "a first look"),
  retrying: ({ reason, delay_seconds: delay }) => `${reasonInWords(reason)}, wait ${delay} s`,
  reset: ({ text }) => (text ? `${plural(wordsIn(text), "word")} kept` : "nothing kept"),
  asset: ({ kind, renditions }) => [kind, ...(renditions ?? []).map(({ name }) => name)].join(", "),
  completed: settled,
  failed: settled,
  canceled: settled,
};

const done = ({ percent: part }) => (part === null || part === undefined ? null : percent(part));

const left = ({ eta_seconds: eta, eta_p90_seconds: p90 }) => (eta === null || eta === undefined ? null : `${band(eta, p90)} left`);

/** A reason of the API ("rate_limited") or a sentence of it, as words. */
export const reasonInWords = (reason) =>
  String(reason ?? "it broke off")
    .replace(/_/g, " ")
    .replace(/\.$/, "");

function settled({ receipt }) {
  return receipt ? `charged ${amount(receipt.charged)}, released ${amount(receipt.released)}` : "";
}
