// The time on the server's clock. A phone may be minutes off; what the server dates is then counted from its own time.

const TOLERANCE = 3_000; // a Date header has whole seconds, and the answer took a while
let skew = 0;

/** Takes the Date header of an answer. */
export function heard(date, now = Date.now()) {
  const at = Date.parse(date ?? "");
  if (Number.isNaN(at)) return;
  const off = at + 500 - now;
  skew = Math.abs(off) > TOLERANCE ? off : 0;
}

export const serverNow = () => Date.now() + skew;
