// How long to wait before trying again: twice as long each time, up to half a minute, and a random part of it, so that the
// readers of a server that came back do not all come at once.

const LONGEST = 30_000;

export class Backoff {
  #tries = 0;

  constructor(random = Math.random) {
    this.random = random;
  }

  /** It worked: the next failure is the first again. */
  reset() {
    this.#tries = 0;
  }

  /** Milliseconds until the next try; at least {@code base}, what the server asked for. */
  next(base = 1000) {
    const ceiling = Math.min(LONGEST, base * 2 ** this.#tries);
    this.#tries += 1;
    return Math.max(base, ceiling / 2 + (this.random() * ceiling) / 2);
  }
}

/** Waits, or less when {@code signal} is aborted or the browser says that the network is back. */
export function pause(milliseconds, signal) {
  return new Promise((done) => {
    const end = () => {
      clearTimeout(timer);
      removeEventListener("online", end);
      signal?.removeEventListener("abort", end);
      done();
    };
    const timer = setTimeout(end, milliseconds);
    addEventListener("online", end);
    signal?.addEventListener("abort", end);
    if (signal?.aborted) end();
  });
}
