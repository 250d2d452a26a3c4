// A thing that changes and tells; and the controller that draws an element again when it does.

export class Store extends EventTarget {
  changed() {
    this.dispatchEvent(new Event("change"));
  }
}

/** {@code new Watch(this, runs, limits)} in an element's constructor keeps it up to date while it is on the page. */
export class Watch {
  constructor(host, ...stores) {
    this.host = host;
    this.stores = stores;
    host.addController(this);
  }

  #draw = () => this.host.requestUpdate();

  hostConnected() {
    for (const store of this.stores) store.addEventListener("change", this.#draw);
  }

  hostDisconnected() {
    for (const store of this.stores) store.removeEventListener("change", this.#draw);
  }
}
