// Figures in the words of the house: plain numbers with thousands, a no-break space before the unit, a band for what is a guess.

const NBSP = "\u00a0";
const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const exact = new Intl.NumberFormat("en", { minimumFractionDigits: 2, maximumFractionDigits: 6 });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const time = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });

export const count = (n) => whole.format(n);

/** Credits as they stand in the ledger: two decimals, more only where there are more. */
export const amount = (n) => exact.format(n ?? 0).replace(/^-/, "\u2212");

/** Credits at a glance, for gauges: two decimals, cut off, so that it never says more than there is. */
export const glance = (n) => exact.format(Math.trunc((n ?? 0) * 100 + 1e-6) / 100);

export const credits = (n) => `${amount(n)}${NBSP}credits`;

/** Credits that still run: two decimals, three below a tenth, so that a text of a few words does not read as free. */
export const running = (n) => (n > 0 && n < 0.1 ? n.toFixed(3).replace(/0$/, "") : (n ?? 0).toFixed(2));

export const percent = (n) => `${Math.floor(n)}${NBSP}%`;

export const plural = (n, one, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;

export function ordinal(n) {
  const tail = n % 100 > 10 && n % 100 < 14 ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th");
  return `${count(n)}${tail}`;
}

/** A length of time in the unit a person would use: "9 s", "14 min", "1 h 10 min". */
export function duration(seconds) {
  if (seconds < 59.5) return `${Math.max(1, Math.round(seconds))}${NBSP}s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes}${NBSP}min`;
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)}${NBSP}h${rest ? ` ${rest}${NBSP}min` : ""}`;
}

/** "6-9 s" with an en dash: likely and latest. One figure when they agree or only one is known. */
export function band(likely, latest) {
  const from = duration(likely);
  const to = duration(Math.max(likely, latest ?? likely));
  if (from === to) return from;
  const [value, unit] = from.split(NBSP);
  return to.endsWith(unit) && !from.includes(" ") ? `${value}\u2013${to}` : `${from} to ${to}`;
}

/** The same band spoken: "6 to 9 seconds". */
export function spokenBand(likely, latest) {
  return band(likely, latest)
    .replace("\u2013", " to ")
    .replace(/\bs$/, "seconds")
    .replace(/\bmin$/, "minutes");
}

/** Whole seconds until then, never below nought. */
export const secondsUntil = (moment, now = Date.now()) => Math.max(0, Math.ceil((moment - now) / 1000));

/** How long something took, with a tenth below a minute. */
export const took = (seconds) => (seconds < 59.95 ? `${seconds.toFixed(1)}${NBSP}s` : duration(seconds));

/** Seconds of a film as a clock: "0:04". */
export const length = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

export const size = (width, height) => `${width}${NBSP}\u00d7${NBSP}${height}`;

export const clock = (at) => time.format(new Date(at));

export const date = (at) => day.format(new Date(at));

const midnight = (at) => new Date(at).setHours(0, 0, 0, 0);
const daysAgo = (at, now) => Math.round((midnight(now) - midnight(at)) / 86_400_000);

export const isToday = (at, now = Date.now()) => daysAgo(at, now) === 0;

/** "Today, 14:02", "Yesterday, 14:02", "12 Nov, 14:02". */
export function moment(at, now = Date.now()) {
  const ago = daysAgo(at, now);
  const when = ago === 0 ? "Today" : ago === 1 ? "Yesterday" : day.format(new Date(at));
  return `${when}, ${clock(at)}`;
}

/** The same in a table: the time alone for today. */
export const shortMoment = (at, now = Date.now()) => (isToday(at, now) ? clock(at) : moment(at, now));

export const wordsIn = (text) => text.trim().split(/\s+/).filter(Boolean).length;

const BRANDS = { openai: "OpenAI", fal: "fal", comfyui: "ComfyUI" };

export const providerName = (id) => (id ? (BRANDS[id] ?? id.charAt(0).toUpperCase() + id.slice(1)) : "The provider");

/** The name of a model for people: "studio/chaos-text" is "Studio chaos text", "openai/gpt-4.1" is "OpenAI gpt-4.1". */
export function modelName(id) {
  const [provider, ...rest] = (id ?? "").split("/");
  const name = rest.join("/");
  return [providerName(provider), provider === "studio" ? name.replace(/-/g, " ") : name].filter(Boolean).join(" ");
}

/** What the server says is wrong with a field, as a sentence: "must be 1 to 12" of "Seconds" is "Seconds must be 1 to 12." */
export function fault(label, detail) {
  const sentence = /^[a-z]/.test(detail) ? `${label} ${detail}` : detail;
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}
