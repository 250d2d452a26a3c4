// A run as the page knows it: what the server said of it last, and every event since. Runs are never changed, only followed by
// a newer one, so that an element that was given the same run twice has nothing to draw.
import { note } from "./event-log.js";

const ENDED = new Set(["completed", "failed", "canceled"]);

export const isOver = ({ status }) => ENDED.has(status);

/**
 * The run a generation of the API is, {@code known} being what the page knew of it before. While its stream is read
 * ({@code reading}) a list may be older than the stream, so text and state stay the stream's until the end.
 */
export function fromGeneration(g, known = null, { reading = false, now = Date.now() } = {}) {
  const over = ENDED.has(g.status);
  const led = reading && known && !over;
  const text = led ? known.text : (g.text ?? known?.text ?? "");
  return faced({
    ...BLANK,
    ...known,
    ...(led ? {} : { status: g.status, stage: over ? null : (g.stage ?? null), eta: g.eta_seconds ?? null }),
    ...(over ? { retry: null, unresolved: null, preview: null, stopping: false } : {}),
    id: g.id,
    kind: g.kind,
    model: g.model,
    prompt: g.prompt ?? "",
    options: g.options ?? known?.options ?? null,
    retryOf: g.retry_of ?? null,
    attempts: Math.max(g.attempts ?? 0, known?.attempts ?? 0),
    percent: Math.max(g.percent ?? 0, known?.percent ?? 0),
    estimated: g.cost?.estimated ?? known?.estimated ?? null,
    text,
    // Text that did not come by the stream belongs to no event: a stream then begins from the start.
    lastId: known && text === known.text ? known.lastId : null,
    assets: mergeAssets(known?.assets ?? [], g.assets ?? []),
    error: g.error ?? null,
    receipt: g.receipt ?? null,
    createdAt: Date.parse(g.created_at),
    startedAt: g.started_at ? Date.parse(g.started_at) : (known?.startedAt ?? null),
    finishedAt: g.finished_at ? Date.parse(g.finished_at) : null,
    seenAt: now,
  });
}

const BLANK = {
  status: "queued",
  stage: null,
  position: null,
  provider: null,
  elapsed: null,
  p90: null,
  source: null,
  soFar: null,
  basis: null, // whether the provider reported what it cost so far or we count it
  mark: null,
  retry: null,
  unresolved: null,
  preview: null,
  stopping: false,
  bound: null,
  held: null,
  lastId: null,
  log: [],
};

/** The run after one event of its stream. {@code live} is false while the past is replayed. */
export function apply(before, event, now = Date.now(), live = true) {
  if (event.id && event.id === before.lastId) return before; // told twice: once is enough
  const change = CHANGES[event.event];
  if (!change) return before;
  const run = event.id && !before.lastId ? { ...before, text: isOver(before) ? before.text : "", log: [] } : before; // from the start
  const next = ENDED.has(event.event) || !isOver(run) ? change(run, event.data, now) : {}; // what is over is only read again
  return faced({ ...run, ...next, seenAt: now, lastId: event.id ?? run.lastId, log: note(run.log, event, live ? now : null) });
}

/** The run as the account's stream says that it stands. */
export function stands(run, { status, stage, percent }, now = Date.now()) {
  if (isOver(run)) return run;
  return faced({ ...run, status, stage, percent: Math.max(run.percent, percent ?? 0), seenAt: now });
}

const CHANGES = {
  queued: (run, { position }) => ({ status: "queued", stage: "queued", position }),
  started: (run, { model, provider, attempt }) => ({
    status: "running",
    stage: "starting",
    model: model ?? run.model,
    provider,
    retry: null,
    position: null,
    attempts: Math.max(run.attempts, attempt ?? 1),
    mark: attempt > 1 && run.percent > 0 ? run.percent : run.mark,
  }),
  progress: (run, data) => ({
    status: STATUS_OF[data.stage] ?? "running",
    stage: data.stage,
    percent: Math.max(run.percent, data.percent ?? 0),
    eta: data.eta_seconds ?? null,
    p90: data.eta_p90_seconds ?? null,
    elapsed: data.elapsed_seconds ?? run.elapsed,
    source: data.source ?? null,
    estimated: data.cost?.estimated ?? run.estimated,
    soFar: data.cost?.so_far ?? run.soFar,
    basis: data.cost?.basis ?? null,
    retry: data.stage === "retrying" ? run.retry : null,
    unresolved: data.unresolved ?? null,
  }),
  delta: (run, { text }) => ({ status: "running", stage: "generating", text: run.text + text, retry: null }),
  preview: (run, preview) => ({ preview }),
  retrying: (run, { attempt, reason, delay_seconds: delay }, now) => ({
    stage: "retrying",
    mark: run.percent > 0 ? run.percent : run.mark,
    retry: { attempt, reason, until: now + delay * 1000 },
  }),
  reset: (run, { text }) => ({ text: text ?? "" }),
  asset: (run, asset) => ({ assets: mergeAssets(run.assets, [asset]) }),
  completed: ended,
  failed: ended,
  canceled: ended,
};

const STATUS_OF = { queued: "queued", finishing: "processing" }; // of a stage; every other one is running

function ended(run, generation, now) {
  return fromGeneration(generation, run, { now });
}

function mergeAssets(known, newer) {
  const fresh = new Map(newer.map((asset) => [asset.id, asset]));
  const kept = known.map((asset) => fresh.get(asset.id) ?? asset);
  return [...kept, ...newer.filter(({ id }) => !known.some((asset) => asset.id === id))];
}

// The face a run shows: one of the states of mr-run.
function faced(run) {
  const face =
    run.status !== "running" ? run.status : run.stage === "retrying" ? "retrying" : run.stage === "unresolved" ? "unresolved" : "running";
  return { ...run, face };
}
