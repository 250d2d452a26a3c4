// The runs of the account the page knows of: under way, and ended lately. One list for all pages, newest first.
import { get, idempotencyKey, once, post, remove } from "./api.js";
import { Feed } from "./feed.js";
import { limits } from "./limits.js";
import { apply, fromGeneration, isOver, stands } from "./run.js";
import { serverNow } from "./server-time.js";
import { session } from "./session.js";
import { Store } from "./store.js";

class Runs extends Store {
  #byId = new Map();
  #read = new Set(); // ended ones whose events were read to the end
  #asking = Promise.resolve();
  loaded = false;
  refusal = null;

  feed = new Feed({
    wanted: () => this.#unread().map(({ id, lastId }) => ({ id, after: lastId })),
    event: (id, event) => this.#event(id, event),
    over: (id) => this.#over(id),
    state: (state) => this.#told(state),
    account: (event) => event.event === "limits" && limits.told(event.data),
    check: (id) => this.refresh(id).catch((refusal) => refusal.status === 404 && this.#forget(id)),
    list: (generations, asked) => this.#list(generations, asked),
  });

  constructor() {
    super();
    session.addEventListener("change", () => {
      if (session.state === "in" && !this.loaded) this.load();
      if (session.state === "out") this.#clear();
    });
  }

  get all() {
    return [...this.#byId.values()].sort((one, other) => other.createdAt - one.createdAt || (other.id > one.id ? 1 : -1));
  }

  get underWay() {
    return this.all.filter((run) => !isOver(run));
  }

  get ended() {
    return this.all.filter(isOver);
  }

  find(id) {
    return this.#byId.get(id) ?? null;
  }

  async load() {
    try {
      const asked = serverNow();
      const { data } = await get("/v1/generations?limit=50");
      this.loaded = true;
      this.refusal = null;
      this.#list(data, asked);
      this.feed.follow();
    } catch (refusal) {
      this.refusal = refusal;
      this.changed();
    }
  }

  /** The run with this id, asked for when it is not known; follows it when it is under way. */
  async open(id) {
    this.feed.first = id;
    const run = this.#put(await get(`/v1/generations/${id}`));
    this.feed.follow();
    return run;
  }

  /** Starts a run. The same key may be sent again when nobody answered: it is then the same run. */
  async create(body, key = idempotencyKey()) {
    return this.#began(await (await once("/v1/generations", body, key)).json(), body.options);
  }

  /** Starts a failed run again, linked to it. */
  async retry(id) {
    return this.#began(await (await once(`/v1/generations/${id}/retries`, {})).json());
  }

  /** Stops a run; what came so far is kept and charged by the policy of its provider. */
  async stop(id) {
    this.#set({ ...this.find(id), stopping: true });
    try {
      const response = await post(`/v1/generations/${id}/cancellation`, {});
      const run = this.#put(await response.json());
      this.#set({ ...run, stopping: !isOver(run) });
    } catch (refusal) {
      this.#set({ ...this.find(id), stopping: false });
      throw refusal;
    }
  }

  /** What stopping now costs at most, kept with the run. */
  async bound(id) {
    const bound = await get(`/v1/generations/${id}/cancellation`);
    const run = this.find(id);
    // What would be charged and what would be given back is together what is held.
    if (run) this.#set({ ...run, bound, held: bound.charged + bound.released });
    return bound;
  }

  /** The same for a row on the page; many rows ask one after another. */
  boundSoon(id) {
    this.#asking = this.#asking.then(() => this.find(id) && this.bound(id)).catch(() => {});
  }

  async refresh(id) {
    return this.#put(await get(`/v1/generations/${id}`));
  }

  async remove(id) {
    await remove(`/v1/generations/${id}`);
    this.#forget(id);
  }

  // Runs under way; and the one looked at, until its events have been read to the end.
  #unread() {
    const looked = this.find(this.feed.first);
    const behind = looked && isOver(looked) && !this.#read.has(looked.id);
    return behind ? [looked, ...this.underWay] : this.underWay;
  }

  #began(generation, options = null) {
    const run = this.#put({ options, ...generation });
    limits.refresh();
    this.feed.follow();
    return run;
  }

  #event(id, event) {
    const before = this.find(id);
    if (!before) return;
    // What comes right after opening is the past, unless the run itself has just begun.
    const live = event.sinceOpen > 500 || serverNow() - before.createdAt < 2000;
    const run = apply(before, event, serverNow(), live);
    this.#set(run);
    this.#tell(before, run);
    // What is already made of a result that is being made ready is told by its own address only.
    if (run.face === "processing" && before.face !== "processing") this.refresh(id).catch(() => {});
    if (isOver(run)) this.feed.follow();
  }

  // How a run stands of which no more is told: one begun elsewhere is asked for, and one that ended is as well, for what it made.
  #told(state) {
    const before = this.find(state.id);
    if (before && this.feed.reads(state.id)) return;
    if (before && !isOver(state)) return this.#set(stands(before, state, serverNow()));
    if (!before || !isOver(before)) this.refresh(state.id).then(() => this.feed.follow(), () => {});
  }

  // Nothing more will come. That it is over stands in its last event; a reader who had that one already is told so without it.
  #over(id) {
    this.#read.add(id);
    const run = this.find(id);
    if (run && !isOver(run)) this.refresh(id).catch(() => {});
  }

  // The newest runs, asked for at that moment. What is newer than the oldest of them and not there was deleted elsewhere.
  #list(generations, asked) {
    const oldest = Math.min(...generations.map(({ created_at: at }) => Date.parse(at)), generations.length < 50 ? 0 : Infinity);
    const listed = new Set(generations.map(({ id }) => id));
    for (const { id, createdAt, seenAt } of this.all) {
      if (!listed.has(id) && createdAt > oldest && seenAt < asked) this.#byId.delete(id);
    }
    for (const generation of generations) this.#put(generation);
    this.changed();
  }

  #put(generation) {
    const before = this.find(generation.id);
    const run = fromGeneration(generation, before, { reading: this.feed.reads(generation.id), now: serverNow() });
    this.#set(run);
    if (before) this.#tell(before, run);
    return run;
  }

  #set(run) {
    this.#byId.set(run.id, run);
    this.changed();
  }

  // Elements that speak or count listen to this: a run went from one state to another.
  #tell(before, run) {
    if (isOver(run) && !isOver(before)) limits.refresh();
    this.dispatchEvent(new CustomEvent("run", { detail: { before, run } }));
  }

  #forget(id) {
    this.#byId.delete(id);
    this.changed();
  }

  #clear() {
    this.#byId.clear();
    this.#read.clear();
    this.loaded = false;
    this.changed();
  }
}

export const runs = new Runs();
