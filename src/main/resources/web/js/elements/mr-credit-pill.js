// Under 1100 px, where the rail has no room: credits and the minute, in two pills that lead to the account.
import { html, Light, nothing } from "../light.js";
import { limits } from "../limits.js";
import { Watch } from "../store.js";
import { count, glance } from "../words.js";

class CreditPill extends Light {
  constructor() {
    super();
    new Watch(this, limits);
  }

  render() {
    const { credits, minute } = limits;
    if (!credits) return nothing;
    const part = minute ? Math.round((100 * minute.remaining) / Math.max(1, minute.limit)) : 100;
    return html`<a class="pill" href="/account"
        ><span class="vh">Credits left: </span>${glance(credits.balance)} <span class="quiet">credits</span></a
      >
      ${
        minute
          ? html`<a class="pill" href="/account#limits" data-level=${part <= 20 ? "low" : "ok"}>
              <svg class="ring" viewBox="0 0 24 24" aria-hidden="true">
                <circle cx="12" cy="12" r="9"></circle>
                <circle class="v" cx="12" cy="12" r="9" pathLength="100" stroke-dasharray="${part} 100"></circle>
              </svg>
              <span class="vh">Requests left this minute: </span>${count(minute.remaining)}</a
            >`
          : nothing
      }`;
  }
}

customElements.define("mr-credit-pill", CreditPill);
