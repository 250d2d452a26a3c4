// A short word that something worked. Never for what went wrong and needs an answer.
import { Store } from "./store.js";

class Toast extends Store {
  text = null;

  say(text) {
    this.text = text;
    this.changed();
  }

  clear() {
    this.text = null;
    this.changed();
  }
}

export const toast = new Toast();
