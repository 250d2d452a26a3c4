// Addresses without loading pages: a click on a link of ours changes the address, and whoever shows pages hears of it.
import { Store } from "./store.js";

const PAGES = [
  { name: "generate", pattern: /^\/$/, title: "Generate" },
  { name: "gallery", pattern: /^\/gallery$/, title: "Gallery" },
  { name: "run", pattern: /^\/runs\/([0-9a-f-]{36})$/, title: "Run" },
  { name: "account", pattern: /^\/account$/, title: "Account" },
  { name: "sign-in", pattern: /^\/sign-in$/, title: "Sign in" },
  { name: "sign-up", pattern: /^\/sign-up$/, title: "Create an account" },
];

class Router extends Store {
  start() {
    addEventListener("popstate", () => this.changed());
    document.addEventListener("click", (click) => this.#follow(click));
  }

  /** {name, title, id, query} of the page the address names. */
  get page() {
    for (const { name, pattern, title } of PAGES) {
      const match = pattern.exec(location.pathname);
      if (match) return { name, title, id: match[1] ?? null, query: new URLSearchParams(location.search) };
    }
    return { name: "nowhere", title: "Not found", id: null, query: new URLSearchParams() };
  }

  go(address, { replace = false } = {}) {
    const place = location.pathname + location.search;
    if (replace || address === place) history.replaceState(null, "", address);
    else history.pushState(null, "", address);
    this.changed();
  }

  /** Keeps the state of a page in its address, without a new page. */
  note(query) {
    const text = query.toString();
    history.replaceState(null, "", location.pathname + (text ? `?${text}` : "") + location.hash);
    this.changed();
  }

  #follow(click) {
    if (click.defaultPrevented || click.button !== 0 || click.metaKey || click.ctrlKey || click.shiftKey || click.altKey) return;
    const link = click.target.closest?.("a[href]");
    if (!link || link.target || link.hasAttribute("download") || link.origin !== location.origin) return;
    if (link.hash && link.pathname === location.pathname) return; // a place on this page
    if (!PAGES.some(({ pattern }) => pattern.test(link.pathname))) return; // the server's: /docs, /licenses, files
    click.preventDefault();
    this.go(link.pathname + link.search);
    scrollTo(0, 0);
  }
}

export const router = new Router();
