export interface Labelled {
  id: string;
  name: string;
  note: string;
  x: number;
  y: number;
}
export interface Label {
  /** Middle of the text, first line's base. */
  x: number;
  y: number;
  name: string;
  /** Whether there is room for the line below it. */
  note: boolean;
}
interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Of the map's two text sizes; generous, so that no two touch. */
const nameLetter = 8.5;
const noteLetter = 8.3;
const lines = 36;
const oneLine = 18;
const dot = 15;

const overlaps = (a: Box, b: Box): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/** Where each place's name goes so that none covers another or a place's dot: below, above, beside, shortened, or not at
 *  all. Who comes first gets its place first. Pure. */
export function placeLabels(
  places: readonly Labelled[],
  { width, height }: { width: number; height: number },
): Map<string, Label> {
  const taken: Box[] = places.map(({ x, y }) => ({ left: x - dot, right: x + dot, top: y - dot, bottom: y + dot }));
  const found = new Map<string, Label>();
  for (const place of places) {
    const short = place.name.split(",")[0] ?? place.name;
    const word = short.split(" ")[0] ?? short;
    const tries = [
      ...[place.name, short, word].flatMap((name) => spots(place, name, true)),
      ...[short, word].flatMap((name) => spots(place, name, false)),
    ];
    const free = tries.find(
      ({ box }) =>
        box.left >= 0 &&
        box.right <= width &&
        box.top >= 0 &&
        box.bottom <= height &&
        !taken.some((other) => overlaps(box, other)),
    );
    if (!free) continue;
    taken.push(free.box);
    found.set(place.id, free.label);
  }
  return found;
}

function spots({ x, y, note }: Labelled, name: string, withNote: boolean): { box: Box; label: Label }[] {
  const half = Math.max(name.length * nameLetter, withNote ? note.length * noteLetter : 0) / 2;
  const tall = withNote ? lines : oneLine;
  const beside = dot + 4 + half;
  const at = (middle: number, top: number) => ({
    box: { left: middle - half, right: middle + half, top, bottom: top + tall },
    label: { x: middle, y: top + 14, name, note: withNote },
  });
  const above = y - dot - tall;
  const level = y - tall / 2;
  return [
    at(x, y + dot),
    at(x, above),
    at(x + beside, level),
    at(x - beside, level),
    at(x + half, y + dot),
    at(x - half, y + dot),
    at(x + half, above),
    at(x - half, above),
  ];
}
