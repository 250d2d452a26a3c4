// What a run says of itself: its line, its figures, in the words of the house. Texts only; drawing is mr-run's.
import { reasonInWords } from "./event-log.js";
import { charged } from "./money.js";
import {
  amount,
  band,
  credits,
  duration,
  modelName,
  ordinal,
  percent,
  plural,
  providerName,
  running,
  secondsUntil,
  spokenBand,
  wordsIn,
} from "./words.js";

/** The line under the title: {mark, strong, rest}. {@code mark} is [icon, words, tone] or null. */
export function line(run, now = Date.now()) {
  return LINES[run.face](run, now);
}

const LINES = {
  queued: (run) =>
    plain(run.stopping ? "Stopping." : `${place(run)}.${run.eta ? ` Starts in about ${duration(run.eta)}, an estimate.` : ""}`),
  running: (run) => {
    if (run.stage === "draining")
      return {
        mark: null,
        strong: "Stopped by you.",
        rest: `${providerName(run.provider)} bills a run to its end, so we keep what it makes.`,
      };
    if (run.stopping) return plain("Stopping. What was made so far is kept.");
    return plain(`${run.stage === "starting" ? "Starting" : DOING[run.kind]} \u00b7 ${modelName(run.model)}`);
  },
  retrying: ({ retry, provider, attempts }, now) => {
    const wait = retry ? secondsUntil(retry.until, now) : 0;
    const which = retry?.attempt ?? attempts;
    return {
      mark: null,
      strong: wait > 0 ? `Trying again in ${duration(wait)}.` : "Trying again now.",
      rest: `${why(retry?.reason, provider)}${which > 1 ? ` This is attempt ${which}, and you pay once.` : " You pay once."}`,
      tone: "warn",
    };
  },
  unresolved: ({ unresolved, provider }, now) => ({
    mark: null,
    strong: `No word from ${providerName(provider).replace(/^The/, "the")}${unresolved?.since ? ` for ${duration(Math.max(1, (now - Date.parse(unresolved.since)) / 1000))}` : ""}.`,
    rest: `It may still be working, so we keep asking.${unresolved?.next_check_seconds ? ` Next check in ${duration(unresolved.next_check_seconds)}.` : ""}`,
  }),
  processing: (run) => plain(READY[run.kind]),
  completed: (run) => ({
    mark: ["check", run.startedAt ? `Done in ${duration((run.finishedAt - run.startedAt) / 1000)}` : "Done", ""],
    strong: "",
    rest: "",
  }),
  failed: (run) => ({
    mark: ["alert", "Failed", "bad"],
    strong: charged(run.receipt, "failed"),
    rest: cause(run),
    last: true,
  }),
  canceled: (run) => ({
    mark: ["stop", run.percent >= 1 ? `Stopped by you at ${percent(run.percent)}` : "Stopped by you", ""],
    strong: "",
    rest: run.assets.length || run.text ? "The part that was made is in your gallery." : charged(run.receipt, "canceled"),
  }),
};

const DOING = { image: "Drawing the picture", video: "Drawing the frames", text: "Writing" };
const READY = {
  image: "The picture is made. Getting it ready to look at.",
  video: "The video is made. Getting it ready to play.",
  text: "The text is written. Putting it away.",
};
const REASONS = {
  rate_limited: (who) => `${who} was busy.`,
  overloaded: (who) => `${who} was busy.`,
  transient: (who) => `The connection to ${who.replace(/^The/, "the")} broke off.`,
  truncated: (who) => `${who} stopped in the middle.`,
};

// Why it failed. What the server says of money there is left to the receipt, which stands beside it.
function cause({ error, receipt }) {
  const told = sentence(error?.detail ?? error?.title ?? "It broke off.");
  return told.replace(charged(receipt, "failed"), "").trim() || told;
}

const plain = (rest) => ({ mark: null, strong: "", rest });
const place = ({ position }) =>
  position > 1 ? `${ordinal(position)} in line` : position === 1 ? "Next in line" : position === 0 ? "About to start" : "Waiting in line";
const why = (reason, provider) => (REASONS[reason] ?? (() => sentence(reasonInWords(reason))))(providerName(provider));
const sentence = (text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`.replace(/([^.!?])$/, "$1.");

/** The figures under the race: [{value, label, big}]. */
export function figures(run, now = Date.now()) {
  return FIGURES[run.face](run, now).filter(({ value }) => value !== null);
}

const FIGURES = {
  queued: (run) => [big(run.position ? ordinal(run.position) : null, "in line"), held(run)],
  running: (run) =>
    run.kind === "text"
      ? [figure(plural(wordsIn(run.text), "word").split(" ")[0], wordsIn(run.text) === 1 ? "word" : "words"), left(run), soFar(run)]
      : [big(percent(run.percent), ""), left(run), soFar(run)],
  retrying: (run) => [run.percent > 0 ? big(percent(run.percent), "best so far") : none, held(run)],
  unresolved: (run, now) => [
    big(percent(run.percent), "at last report"),
    held(run, "held, not charged"),
    figure(run.unresolved?.until ? `in ${duration(Math.max(0, (Date.parse(run.unresolved.until) - now) / 1000))}` : null, "we stop asking"),
  ],
  processing: (run) => [left(run), soFar(run)],
  completed: ({ receipt }) => (receipt ? [figure(credits(receipt.charged), "charged"), released(receipt, "of the hold released")] : []),
  failed: partly,
  canceled: partly,
};

function partly({ receipt }) {
  if (!receipt) return [];
  if (receipt.charged === 0) return [figure(credits(receipt.released), "released")];
  return [figure(credits(receipt.charged), "charged for this part"), released(receipt, "released")];
}

const none = { value: null };
const figure = (value, label) => ({ value, label });
const big = (value, label) => ({ value, label, big: true });
const released = (receipt, label) => (receipt.released > 0 ? figure(amount(receipt.released), label) : none);
const left = ({ eta, p90, source }) =>
  eta === null ? none : figure(band(eta, p90), source === "estimated" ? "left, an estimate" : "left");
const soFar = ({ soFar: cost, estimated, basis }) =>
  cost === null
    ? none
    : figure(
        `${running(cost)}\u00a0credits`,
        `${basis === "counted" ? "so far by our count" : "so far"}${estimated > cost ? `, of about ${amount(estimated)}` : ""}`,
      );
const held = ({ held: sum }, label = "held") => figure(sum === null || sum === undefined ? null : credits(sum), label);

/** What a screen reader hears of the race. */
export function spoken(run, now = Date.now()) {
  switch (run.face) {
    case "queued":
      return place(run);
    case "retrying":
      return `${Math.floor(run.mark ?? run.percent)} percent when an attempt broke off. ${line(run, now).strong}`;
    case "unresolved":
      return `${Math.floor(run.percent)} percent at last report, waiting for the provider`;
    default:
      return `${Math.floor(run.percent)} percent${run.eta === null ? "" : `, ${spokenBand(run.eta, run.p90)} left`}`;
  }
}
