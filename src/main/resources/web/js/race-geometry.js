// Where water, gate and mark stand on a race, in percent of its length. The scale reaches from the start to the latest likely end.

const WITHOUT_TIME = 75; // where the gate stands while nobody knows how long it takes

/** @returns {{gate, fill, mark}}; mark is null where no attempt broke off */
export function geometry({ percent = 0, eta, p90, elapsed, mark }) {
  const gate = gateOf(eta, p90, elapsed ?? 0);
  const at = (part) => (Math.min(100, Math.max(0, part)) * gate) / 100;
  return { gate, fill: at(percent), mark: mark ? at(mark) : null };
}

function gateOf(eta, p90, elapsed) {
  if (eta === null || eta === undefined) return WITHOUT_TIME;
  const latest = Math.max(eta, p90 ?? eta);
  if (elapsed + latest <= 0) return 100;
  return Math.min(100, (100 * (elapsed + eta)) / (elapsed + latest));
}
