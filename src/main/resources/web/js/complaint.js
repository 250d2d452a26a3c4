// What could not be done and why, kept on the page until it is closed or another page is opened.
import { announcer } from "./announcer.js";
import { Store } from "./store.js";
import { amount, duration } from "./words.js";

class Complaint extends Store {
  now = null; // {strong, text}

  /** {@code strong} says what was not done, the refusal why. */
  about(strong, refusal) {
    this.now = { strong, text: reason(refusal) };
    announcer.say(`${strong} ${this.now.text}`, { must: true });
    this.changed();
  }

  clear() {
    if (!this.now) return;
    this.now = null;
    this.changed();
  }
}

function reason({ status, unanswered, message, problem, retryAfter, full }) {
  if (unanswered) return "The server did not answer. Try again in a moment.";
  if (status === 402 && problem.missing) return `${amount(problem.missing)} credits short. ${problem.remedy ?? ""}`;
  if (full && retryAfter) return `The next one in ${duration(retryAfter)}.`;
  return message;
}

export const complaint = new Complaint();
