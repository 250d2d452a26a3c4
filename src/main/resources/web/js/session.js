// Who is signed in. The access token lives in memory only. The refresh token lives in a cookie no script can read; where the
// browser would not keep such a cookie (plain http on another machine) it stays with this tab. All tabs share one session: they
// rotate it one at a time and tell each other the result.
import { Refusal, send } from "./http.js";
import { local, perTab } from "./storage.js";
import { Store } from "./store.js";

const EARLY = 60; // seconds before the end at which a token is renewed
const byCookie = window.isSecureContext;
const others = new BroadcastChannel("millrace-session");

class Session extends Store {
  #token = null;
  #expires = 0;
  #timer = null;
  id = null;
  state = "unknown"; // unknown, in, out
  reason = null; // why it ended, when it was not the person who ended it

  constructor() {
    super();
    others.onmessage = ({ data }) => this.#told(data);
  }

  /** Finds out whether somebody is signed in; a reload comes through here. */
  async resume() {
    if (!local.read("signed-in") && !perTab.read("refresh")) return this.#end(null);
    await this.#renew().catch((refusal) => {
      if (!refusal.unanswered) return;
      this.state = "unreached";
      this.changed();
    });
  }

  signUp(details) {
    return this.#enter("/v1/accounts", details);
  }

  signIn(details) {
    return this.#enter("/v1/sessions", details);
  }

  async #enter(path, { email, password }) {
    const json = byCookie ? { email, password, cookie: true } : { email, password };
    this.#begin(await (await send(path, { method: "POST", json })).json());
    others.postMessage({ state: "in", id: this.id });
  }

  async signOut() {
    await send("/v1/sessions/current", { method: "DELETE", token: await this.token().catch(() => null) }).catch(() => {});
    this.#end(null);
    others.postMessage({ state: "out" });
  }

  /** The server ended it: revoked, or used twice. */
  lost() {
    if (this.state === "in") this.#end("You were signed out.");
  }

  /** An access token that is still good for a while. */
  async token() {
    if (this.#expires - Date.now() < EARLY * 250) await this.#renew();
    return this.#token;
  }

  /** Called when the server did not take {@code stale} although it looked good. */
  async renewed(stale) {
    if (this.#token === stale) await this.#renew(stale);
    return this.#token;
  }

  async #renew(stale = this.#token) {
    await alone(async () => {
      if (this.#token !== stale) return; // another tab, or another call of this one, was first
      try {
        const refresh = perTab.read("refresh");
        const json = refresh && !byCookie ? { refresh_token: refresh } : undefined;
        this.#begin(await (await send("/v1/tokens", { method: "POST", json: json ?? {} })).json());
      } catch (refusal) {
        if (refusal instanceof Refusal && (refusal.status === 401 || refusal.status === 403)) {
          this.#end(this.state === "in" ? "You were signed out." : null);
        }
        throw refusal;
      }
      others.postMessage({ state: "token", id: this.id, token: this.#token, expires: this.#expires });
    });
  }

  #begin(set) {
    this.#take(set.access_token, Date.now() + set.expires_in * 1000);
    this.id = set.session_id ?? this.id;
    if (set.refresh_token) perTab.write("refresh", set.refresh_token);
    local.write("signed-in", true);
    this.reason = null;
    this.state = "in";
    this.changed();
  }

  #take(token, expires) {
    this.#token = token;
    this.#expires = expires;
    clearTimeout(this.#timer);
    const early = Math.min(EARLY * 1000, (expires - Date.now()) / 2);
    this.#timer = setTimeout(() => this.#renew(token).catch(() => {}), expires - Date.now() - early);
  }

  #end(reason) {
    clearTimeout(this.#timer);
    this.#token = null;
    this.#expires = 0;
    this.id = null;
    local.write("signed-in", null);
    perTab.write("refresh", null);
    this.reason = reason;
    this.state = "out";
    this.changed();
  }

  #told({ state, id, token, expires }) {
    if (!byCookie) return; // then each tab has a session of its own
    if (state === "out" && this.state === "in") this.#end("You signed out in another tab.");
    else if (state === "in" && this.id !== id) location.reload();
    else if (state === "token" && this.id === id) this.#take(token, expires);
  }
}

// One refresh at a time over all tabs. Where there are no locks (no secure context) a tab stands in line with itself.
let line = Promise.resolve();
function alone(work) {
  if (navigator.locks) return navigator.locks.request("millrace-refresh", work);
  line = line.catch(() => {}).then(work);
  return line;
}

export const session = new Session();
