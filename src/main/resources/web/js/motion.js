// The person's own switch for everything that moves, kept in this browser. Off also where the system asks for less motion.
import { local } from "./storage.js";
import { Store } from "./store.js";

class Motion extends Store {
  on = local.read("motion") ?? !matchMedia("(prefers-reduced-motion: reduce)").matches;

  constructor() {
    super();
    this.#show();
  }

  set(on) {
    this.on = on;
    local.write("motion", on);
    this.#show();
    this.changed();
  }

  #show() {
    document.body.classList.toggle("still", !this.on);
  }
}

export const motion = new Motion();
