// A question before something that cannot be taken back. It names the consequence; the safe choice is the primary one and has the
// focus. The browser's own dialog keeps the focus in and gives it back.
import { html, Light } from "../light.js";

class Dialog extends Light {
  static properties = { question: { attribute: false } };
  #answer = null;

  render() {
    const { title, text, safe, act } = this.question;
    return html`<dialog
      class="sheet dialog"
      aria-labelledby="dialog-title"
      aria-describedby="dialog-text"
      @close=${() => this.#close(false)}
    >
      <h2 id="dialog-title">${title}</h2>
      <p id="dialog-text">${text}</p>
      <div class="row-acts">
        <button type="button" class="b b-bad" @click=${() => this.#close(true)}>${act}</button>
        <button type="button" class="b b-go" autofocus @click=${() => this.#close(false)}>${safe}</button>
      </div>
    </dialog>`;
  }

  firstUpdated() {
    this.firstElementChild.showModal();
  }

  #close(answer) {
    const told = this.#answer;
    this.#answer = null;
    this.firstElementChild.close();
    this.remove();
    told?.(answer);
  }

  asked() {
    return new Promise((answer) => (this.#answer = answer));
  }
}

customElements.define("mr-dialog", Dialog);

/** Asks {title, text, safe, act}; true when the person chose to act. */
export function ask(question) {
  const dialog = Object.assign(document.createElement("mr-dialog"), { question });
  const answer = dialog.asked();
  document.body.append(dialog);
  return answer;
}
