// All that was made, page by page, for the gallery. Read on when more is shown or searched for.
import { get } from "./api.js";
import { fromGeneration } from "./run.js";
import { runs } from "./runs.js";
import { Store } from "./store.js";

const PAGE = 60;

export class Archive extends Store {
  #older = [];
  #cursor;
  #reading = null;
  refusal = null;

  /** Whether everything has been read. */
  get complete() {
    return this.#cursor === null;
  }

  /** What was made and can be shown, newest first; what is known better elsewhere comes from there. */
  get results() {
    const all = new Map(this.#older.map((run) => [run.id, run]));
    for (const run of runs.all) all.set(run.id, run);
    return [...all.values()].filter(hasResult).sort((one, other) => other.createdAt - one.createdAt);
  }

  more() {
    if (this.complete) return null;
    this.#reading ??= this.#read().finally(() => (this.#reading = null));
    return this.#reading;
  }

  forget(id) {
    this.#older = this.#older.filter((run) => run.id !== id);
    this.changed();
  }

  async #read() {
    try {
      const cursor = this.#cursor ? `&cursor=${encodeURIComponent(this.#cursor)}` : "";
      const { data, next_cursor: next } = await get(`/v1/generations?limit=${PAGE}${cursor}`);
      this.#older.push(...data.map((generation) => fromGeneration(generation)));
      this.#cursor = next ?? null;
      this.refusal = null;
    } catch (refusal) {
      this.refusal = refusal;
    }
    this.changed();
  }
}

const hasResult = ({ status, assets, text }) =>
  status !== "queued" && status !== "running" && (assets.length > 0 || (status !== "processing" && text !== ""));
