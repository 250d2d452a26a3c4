// What went wrong in place of what was asked for: title, detail, what to do, the number of the request, and one way on.
import { html, Light, nothing } from "../light.js";
import "./mr-empty.js";

class Problem extends Light {
  static properties = { refusal: { attribute: false }, retry: { attribute: false } };

  render() {
    const { title, detail, remedy } = wordsFor(this.refusal);
    const request = this.refusal?.requestId ? ` Request ${this.refusal.requestId}.` : "";
    const act = this.retry
      ? html`<button type="button" class="b" @click=${this.retry}>Try again</button>`
      : html`<a class="b" href="/">Go to Generate</a>`;
    return html`<mr-empty
      sheet
      .heading=${title}
      .text=${`${detail}${remedy ? ` ${remedy}` : ""}${request}`}
      .act=${act ?? nothing}
    ></mr-empty>`;
  }
}

function wordsFor(refusal) {
  if (!refusal || refusal.status === 404) {
    return { title: "There is nothing here", detail: "The address is wrong, or what it shows belongs to somebody else." };
  }
  if (refusal.unanswered) return { title: "No answer", detail: "We could not reach the server. Your runs go on without this page." };
  const { title, detail, remedy } = refusal.problem;
  return { title: title ?? "That did not work", detail: detail ?? "", remedy };
}

customElements.define("mr-problem", Problem);
