// What a run costs, in sentences. Each is a rendering of figures the server gave; nothing is added up here.
import { amount, modelName, running } from "./words.js";

/** The sentence under a finished run, said from its receipt. */
export function charged(receipt, status) {
  if (!receipt) return "";
  if (receipt.charged === 0) return "You were not charged.";
  return status === "completed" ? `Charged: ${amount(receipt.charged)}.` : `Charged for this part: ${amount(receipt.charged)}.`;
}

/** What pressing Stop means, beside the button. {@code bound} is the server's answer to what stopping costs at most. */
export function stopping(run, bound) {
  if (run.face === "queued") return "You would pay nothing";
  if (run.face === "unresolved") return bound ? maybe(bound.charged) : "";
  if (bound?.policy === "drain") return maybe(bound.charged);
  if (bound?.policy === "free") return "You would pay nothing";
  const due = run.face === "retrying" ? bound?.charged : (run.soFar ?? bound?.charged); // a broken attempt has delivered nothing
  if (due === null || due === undefined) return "";
  return due > 0 ? `You would pay ${running(due)}` : "You would pay nothing";
}

const maybe = (most) => (most > 0 ? `You may pay up to ${amount(most)}` : "You would pay nothing");

/** The price of a quote, as parts so that the figure can stand out. */
export function price({ minimum, expected, maximum }) {
  if (minimum === maximum) return { before: "", figure: expected, after: "" };
  return { before: "About ", figure: expected, after: maximum > expected ? `, at most ${amount(maximum)}` : "" };
}

/** Why this cannot be started, or null. {@code credits} is {balance, held, available}. */
export function shortfall(quote, credits) {
  const missing = quote.cost.maximum - credits.available;
  if (missing <= 0) return null;
  const held = credits.held > 0 ? `; ${amount(credits.held)} are held for runs under way` : "";
  return {
    missing: `${amount(round(missing))} credits short.`,
    detail: `This run needs ${amount(quote.cost.maximum)} and you have ${amount(credits.available)} free${held}.`,
    remedy: credits.balance >= quote.cost.maximum ? "Wait until a run has ended, or choose something smaller." : "Choose something smaller.",
  };
}

/** What one unit costs, for the list of models: "0.80 a second". */
export function unitPrice(price) {
  return (price ?? []).map(({ per, amount: each }) => `${amount(each)} ${UNITS[per] ?? `per ${per.replace(/_/g, " ")}`}`).join(" + ");
}

/** What a line of a receipt is for: its quantity counts these. */
export function lineName(what) {
  const name = what.replace(/_/g, " ");
  const told = LINES[name] ?? name;
  return told.charAt(0).toUpperCase() + told.slice(1);
}

const LINES = {
  call: "calls",
  image: "pictures",
  second: "seconds",
  "compute second": "seconds of computing",
  "100 words": "words, by the hundred",
  "1k tokens in": "tokens in, by the thousand",
  "1k tokens out": "tokens out, by the thousand",
  "1m tokens in": "tokens in, by the million",
  "1m tokens out": "tokens out, by the million",
};

/** What a line of the ledger says, {@code prompt} being that of its run where it is known. */
export function ledgerLine({ kind, description }, prompt = null) {
  const what = prompt ?? (/^[\w-]+\/\S+$/.test(description) ? modelName(description) : description);
  return [ENTRIES[kind], what].filter(Boolean).join(": ");
}

const ENTRIES = { charge: "Charged", release: "Not charged", expiry: "Expired", refund: "Refunded" };

const UNITS = {
  call: "a call",
  image: "each",
  second: "a second",
  "100_words": "per 100 words",
  "1k_tokens_in": "per 1,000 tokens in",
  "1k_tokens_out": "per 1,000 tokens out",
  "1m_tokens_in": "a million tokens in",
  "1m_tokens_out": "a million tokens out",
};

const round = (n) => Math.round(n * 1e6) / 1e6;
