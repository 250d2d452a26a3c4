// What is being written in the composer. It survives a reload, and other pages put something into it ("Again").
import { optionsOf } from "./assets.js";
import { local } from "./storage.js";
import { Store } from "./store.js";

const EMPTY = { kind: "image", model: null, prompt: "", options: {} };

class Draft extends Store {
  now = { ...EMPTY, ...local.read("draft") };

  change(part) {
    this.now = { ...this.now, ...part };
    local.write("draft", this.now);
    this.changed();
  }

  /** After it was sent: the prompt is gone, what was chosen stays. */
  sent() {
    this.change({ prompt: "" });
  }

  /** The settings of a run, to be changed or sent again. */
  from(run) {
    this.change({ kind: run.kind, model: run.model, prompt: run.prompt, options: { ...optionsOf(run) } });
  }

  clear() {
    this.now = { ...EMPTY };
    local.write("draft", null);
    this.changed();
  }
}

export const draft = new Draft();
