// What can be made, by whom and at which price: the catalogue of the server, asked for once.
import { get } from "./api.js";
import { Store } from "./store.js";

class Models extends Store {
  all = [];
  #asked = null;

  load() {
    this.#asked ??= get("/v1/models").then(
      (answer) => {
        // A row such as openai/* stands for models nobody listed; there is nothing to choose in it.
        this.all = answer.data.filter(({ id, available }) => available !== false && !id.endsWith("*"));
        this.changed();
      },
      () => (this.#asked = null),
    );
    return this.#asked;
  }

  of(kind) {
    return this.all.filter((model) => model.kind === kind);
  }

  find(id) {
    return this.all.find((model) => model.id === id) ?? null;
  }
}

export const models = new Models();
