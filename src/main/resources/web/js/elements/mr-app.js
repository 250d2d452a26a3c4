// The frame around all pages: who is signed in, where we are, the rail, the bars, and the one voice of the page.
import { announcer } from "../announcer.js";
import { brand } from "../brand.js";
import { html, Light, nothing } from "../light.js";
import { motion } from "../motion.js";
import { router } from "../router.js";
import { runs } from "../runs.js";
import { session } from "../session.js";
import { Watch } from "../store.js";
import "./mr-credit-pill.js";
import "./mr-gauges.js";
import "./mr-nav.js";
import "./mr-notices.js";
import "./mr-problem.js";
import "./mr-toast.js";

// Each page comes with its own modules when it is first shown, and in quiet moments before that.
const MODULES = {
  generate: () => import("../pages/mr-generate.js"),
  gallery: () => import("../pages/mr-gallery.js"),
  run: () => import("../pages/mr-run-page.js"),
  account: () => import("../pages/mr-account.js"),
  "sign-in": () => import("../pages/mr-gatehouse.js"),
  "sign-up": () => import("../pages/mr-gatehouse.js"),
};
const PAGES = {
  generate: () => html`<mr-generate></mr-generate>`,
  gallery: () => html`<mr-gallery></mr-gallery>`,
  run: ({ id }) => html`<mr-run-page .runId=${id}></mr-run-page>`,
  account: () => html`<mr-account></mr-account>`,
  nowhere: () =>
    html`<div class="page">
      <h1 class="vh">Not found</h1>
      <mr-problem></mr-problem>
    </div>`,
};
const GATES = new Set(["sign-in", "sign-up"]);

const whenQuiet = (work) => (window.requestIdleCallback ?? setTimeout)(work, { timeout: 10_000 });

// Where to go after signing in: a path of ours, whatever the address says.
const ours = (next) => (/^\/(?![/\\])/.test(next ?? "") ? next : "/");

class App extends Light {
  #place = null;

  constructor() {
    super();
    new Watch(this, session, router, motion);
    runs.addEventListener("change", () => this.#turn());
    document.addEventListener("visibilitychange", () => this.#turn());
  }

  willUpdate() {
    const { page } = router;
    if (session.state === "in" && GATES.has(page.name)) router.go(ours(page.query.get("next")), { replace: true });
    if (session.state === "out" && !GATES.has(page.name)) {
      const next = location.pathname + location.search;
      router.go(next === "/" ? "/sign-in" : `/sign-in?next=${encodeURIComponent(next)}`, { replace: true });
    }
  }

  render() {
    const { page } = router;
    if (session.state === "unreached") {
      return html`<main class="main" id="main" tabindex="-1">
        <h1 class="vh">Millrace</h1>
        <mr-problem .refusal=${{ unanswered: true }} .retry=${() => session.resume()}></mr-problem>
      </main>`;
    }
    if (session.state === "out" && GATES.has(page.name)) return html`<mr-gatehouse .up=${page.name === "sign-up"}></mr-gatehouse>`;
    if (session.state !== "in" || GATES.has(page.name)) return nothing;
    return html`<a class="skip" href="#main">Skip to content</a>
      <header class="topbar">
        ${brand()}
        <nav aria-label="Sections"><mr-nav></mr-nav></nav>
        <mr-credit-pill></mr-credit-pill>
      </header>
      <div class="shell">
        <div class="rail">
          <nav aria-label="Main">${brand()}<mr-nav></mr-nav></nav>
          <mr-gauges></mr-gauges>
        </div>
        <main class="main" id="main" tabindex="-1"><mr-notices></mr-notices>${PAGES[page.name](page)}</main>
      </div>
      <nav class="tabs-b" aria-label="Main, small screens"><mr-nav tabs></mr-nav></nav>
      <mr-toast></mr-toast>
      <div class="vh" role="status" id="voice"></div>`;
  }

  updated() {
    announcer.attach(this.querySelector("#voice"));
    const { page } = router;
    if (session.state === "in" || session.state === "out") MODULES[page.name]?.();
    const place = `${session.state} ${page.name} ${page.id ?? ""}`;
    if (place === this.#place) return;
    const first = this.#place === null || this.#place.startsWith("unknown");
    this.#place = place;
    document.title = `${page.title} \u00b7 Millrace`;
    if (!first) this.querySelector("main")?.focus({ preventScroll: true });
    if (session.state === "in") whenQuiet(() => Object.values(MODULES).forEach((load) => load()));
  }

  // The wheel in the sign turns while a run of yours is running and somebody looks.
  #turn() {
    const running = !document.hidden && runs.underWay.some(({ face }) => face === "running");
    document.body.classList.toggle("is-running", running);
  }
}

customElements.define("mr-app", App);
