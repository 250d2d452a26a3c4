// The ways round the house, drawn as a list in the rail and the top bar, or as tabs at the bottom of a phone.
import { html, icon, Light, nothing } from "../light.js";
import { router } from "../router.js";
import { runs } from "../runs.js";
import { Watch } from "../store.js";
import { count } from "../words.js";

const PLACES = [
  { name: "generate", href: "/", icon: "gen", label: "Generate" },
  { name: "gallery", href: "/gallery", icon: "pic", label: "Gallery" },
  { name: "account", href: "/account", icon: "user", label: "Account" },
];

class Nav extends Light {
  static properties = { tabs: { type: Boolean } };

  constructor() {
    super();
    new Watch(this, router, runs);
  }

  render() {
    const here = (place) => (place.name === router.page.name ? "page" : nothing);
    if (this.tabs)
      return PLACES.map((place) => html`<a href=${place.href} aria-current=${here(place)}>${icon(place.icon, false)}${place.label}</a>`);
    const running = runs.underWay.length;
    return html`<ul class="nav">
      ${PLACES.map((place) => html`<li><a href=${place.href} aria-current=${here(place)}>${icon(place.icon, false)}${place.label}${place.name === "generate" && running ? html`<span class="n">${count(running)}<span class="vh"> under way</span></span>` : nothing}</a></li>`)}
    </ul>`;
  }
}

customElements.define("mr-nav", Nav);
