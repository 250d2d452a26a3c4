// A browser opens six connections to a host over HTTP/1.1, for all tabs together. Four of them may be streams; the locks that
// stand for them are shared by the tabs, and a tab that is closed gives its own back.

export const SLOTS = 4;
const taken = new Set();

/** A function that gives the slot back, done when it is free for others; or null when all are taken. */
export async function takeSlot() {
  for (let slot = 0; slot < SLOTS; slot++) {
    if (taken.has(slot)) continue;
    taken.add(slot);
    const release = navigator.locks ? await hold(`millrace-stream-${slot}`) : () => null;
    if (release) return () => Promise.resolve(release()).then(() => taken.delete(slot));
    taken.delete(slot);
  }
  return null;
}

function hold(name) {
  return new Promise((answer) => {
    const released = navigator.locks.request(name, { ifAvailable: true }, (lock) => {
      if (!lock) return answer(null);
      return new Promise((end) => answer(() => (end(), released)));
    });
  });
}
