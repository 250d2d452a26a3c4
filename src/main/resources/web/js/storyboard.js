// The small pictures of a video: which part of which sheet shows what, read from the text track that lies beside the sheets.

const PLACE = /^(\S+)#xywh=(\d+),(\d+),(\d+),(\d+)$/;

/** {sheet, x, y, width, height} for each picture; {@code base} is the address of the track. */
export function picturesOf(track, base) {
  return track
    .split(/\r?\n/)
    .map((line) => PLACE.exec(line.trim()))
    .filter(Boolean)
    .map(([, sheet, ...place]) => {
      const [x, y, width, height] = place.map(Number);
      return { sheet: resolved(sheet, base), x, y, width, height };
    });
}

/** The same whether the base is a whole address or only a path. */
function resolved(sheet, base) {
  return base.slice(0, base.lastIndexOf("/") + 1) + sheet;
}
