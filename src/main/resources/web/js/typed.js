// What people type into a field for a figure.

/** The number, with a comma as good as a point. What is no number stays as it was typed, so that the server says what is wrong with it. */
export function typed(text) {
  const said = text.trim();
  const number = Number(said.replace(",", "."));
  return said !== "" && Number.isFinite(number) ? number : said;
}
