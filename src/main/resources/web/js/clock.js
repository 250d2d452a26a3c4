// A second hand for everything that counts down. It goes only while somebody watches it and the page is looked at.
import { Store } from "./store.js";

class Clock extends Store {
  #watchers = 0;
  #timer = null;

  addEventListener(...args) {
    super.addEventListener(...args);
    this.#watchers += 1;
    this.#wind();
  }

  removeEventListener(...args) {
    super.removeEventListener(...args);
    this.#watchers -= 1;
    this.#wind();
  }

  constructor() {
    super();
    document.addEventListener("visibilitychange", () => this.#wind());
  }

  #wind() {
    const go = this.#watchers > 0 && !document.hidden;
    if (go && !this.#timer) this.#timer = setInterval(() => this.changed(), 1000);
    if (!go) clearInterval(this.#timer);
    if (!go) this.#timer = null;
  }
}

export const clock = new Clock();
