// The one stream of the account, as an address and as events: which runs it follows and from where, and what its events are about.
export const MOST_FOLLOWED = 20;

const TERMINAL = new Set(["completed", "failed", "canceled"]);

/** The address that follows these runs, {id, after: the last event known, or null}; no more of them than one stream takes. */
export function pathOf(runs) {
  const followed = runs.slice(0, MOST_FOLLOWED);
  if (followed.length === 0) return "/v1/events";
  const known = followed.filter(({ after }) => after);
  const after = known.length > 0 ? `&after=${known.map((run) => `${run.id}:${run.after}`).join(",")}` : "";
  return `/v1/events?follow=${followed.map(({ id }) => id).join(",")}${after}`;
}

/** What an event of the stream is: one of a run's own, {id, event, over}, or one of the account's, {event}. */
export function unwrap({ event, data }) {
  if (event !== "message") return { event: { id: null, event, data } };
  const { generation, id, event: name, data: inner } = data;
  return { id: generation, event: { id, event: name, data: inner }, over: TERMINAL.has(name) };
}
