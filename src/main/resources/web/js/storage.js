// What this browser remembers. A browser that forbids it, or is full, remembers nothing; the page works all the same.

const guarded = (area) => ({
  read(key) {
    try {
      return JSON.parse(window[area].getItem(`millrace.${key}`));
    } catch {
      return null;
    }
  },
  write(key, value) {
    try {
      if (value === null) window[area].removeItem(`millrace.${key}`);
      else window[area].setItem(`millrace.${key}`, JSON.stringify(value));
    } catch {
      // nothing to do: see above
    }
  },
});

export const local = guarded("localStorage");
export const perTab = guarded("sessionStorage");
