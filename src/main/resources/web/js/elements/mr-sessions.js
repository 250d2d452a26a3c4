// Where the account is signed in, each of which can be signed out from here.
import { get, remove } from "../api.js";
import { complaint } from "../complaint.js";
import { html, Light, nothing } from "../light.js";
import { session } from "../session.js";
import { toast } from "../toast.js";
import { moment } from "../words.js";

class Sessions extends Light {
  static properties = { all: { state: true } };

  constructor() {
    super();
    this.all = [];
    this.#read();
  }

  async #read() {
    this.all = await get("/v1/sessions").then(
      ({ data }) => data,
      () => this.all,
    );
  }

  render() {
    const others = this.all.filter((each) => !isThis(each));
    return html`<div class="sec-h">
        <h2 id="sessions-h">Sessions</h2>
        ${others.length > 1 ? html`<span class="r"><button type="button" class="b b-s" @click=${() => this.#end(others)}>Sign out everywhere else</button></span>` : nothing}
      </div>
      <div class="sheet scroll" tabindex="0" role="group" aria-label="Sessions table">
        <table class="cards">
          <caption class="vh">
            Where you are signed in
          </caption>
          <thead>
            <tr>
              <th scope="col">Device</th>
              <th scope="col">Since</th>
              <th scope="col">Seen</th>
              <th scope="col"><span class="vh">Actions</span></th>
            </tr>
          </thead>
          <tbody>
            ${this.all.map(
              (each) =>
                html`<tr>
                  <th scope="row">${device(each.user_agent)}</th>
                  <td data-l="Since">${moment(each.created_at)}</td>
                  <td data-l="Seen">
                    ${isThis(each) ? "now, this one" : moment(each.last_seen_at ?? each.last_used_at ?? each.created_at)}
                  </td>
                  <td class="num">
                    ${isThis(each) ? nothing : html`<button type="button" class="b b-s b-bare" @click=${() => this.#end([each])}>Sign out<span class="vh"> ${device(each.user_agent)}</span></button>`}
                  </td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>`;
  }

  async #end(some) {
    const done = await Promise.allSettled(some.map(({ id }) => remove(`/v1/sessions/${id}`)));
    const refused = done.find(({ status }) => status === "rejected");
    if (refused) complaint.about("It is still signed in there.", refused.reason);
    else toast.say("Signed out there.");
    await this.#read();
  }
}

const isThis = (each) => each.current === true || each.id === session.id;

const BROWSERS = [
  [/Edg\//, "Edge"],
  [/OPR\//, "Opera"],
  [/Firefox\//, "Firefox"],
  [/Chrom(e|ium)\//, "Chrome"],
  [/Safari\//, "Safari"],
];
const SYSTEMS = [
  [/iPhone/, "iPhone"],
  [/iPad/, "iPad"],
  [/Android/, "Android"],
  [/Windows/, "Windows"],
  [/Mac OS/, "Mac"],
  [/Linux/, "Linux"],
];

/** "Firefox on Linux", from what a browser says of itself. */
export function device(agent) {
  const of = (list) => list.find(([pattern]) => pattern.test(agent ?? ""))?.[1];
  const browser = of(BROWSERS) ?? (agent ? agent.split(/[ /]/)[0] : "A program");
  const system = of(SYSTEMS);
  return system ? `${browser} on ${system}` : browser;
}

customElements.define("mr-sessions", Sessions);
