import fc from "fast-check";
import { expect, test } from "vitest";
import { placeLabels } from "../../dashboards/web/src/parts/labels.ts";

const size = { width: 360, height: 320 };
const place = fc.record({
  id: fc.uuid(),
  name: fc.constantFrom("Grays High Street", "South Ockendon, Derwent Parade", "Lakeside bus station", "Quay"),
  note: fc.constantFrom("9 online", "3 of 5 offline"),
  x: fc.integer({ min: 0, max: size.width }),
  y: fc.integer({ min: 0, max: size.height }),
});

test("no name leaves the map or covers another, however close the places are", () => {
  fc.assert(
    fc.property(fc.uniqueArray(place, { maxLength: 20, selector: ({ id }) => id }), (places) => {
      const boxes = [...placeLabels(places, size)].map(([id, { x, y, name, note: hasNote }]) => {
        const note = hasNote ? (places.find((one) => one.id === id)?.note ?? "") : "";
        // As wide as the letters are at least.
        const half = Math.max(name.length * 7, note.length * 6) / 2;
        return { left: x - half, right: x + half, top: y - 12, bottom: y + (hasNote ? 20 : 4) };
      });
      for (const [i, a] of boxes.entries()) {
        expect(a.left >= 0 && a.right <= size.width && a.top >= 0 && a.bottom <= size.height).toBe(true);
        for (const b of boxes.slice(i + 1))
          expect(a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom).toBe(false);
      }
    }),
  );
});

test("the first has its whole name, one in the middle of many has a short one or none", () => {
  const at = (id: string, x: number, y: number) => ({ id, name: "Quay, north side", note: "1 online", x, y });
  const crowd = Array.from({ length: 30 }, (_, i) => at(String(i), 160 + (i % 6) * 8, 150 + Math.floor(i / 6) * 8));
  const labels = placeLabels(crowd, size);
  expect(placeLabels([at("one", 180, 160)], size).get("one")).toMatchObject({ name: "Quay, north side", x: 180 });
  expect(labels.size).toBeLessThan(crowd.length);
});

test("where there is no room for both, the name stays without its line below", () => {
  const wide = { id: "wide", name: "Quay", note: "5 of 5 devices are offline here", x: 60, y: 40 };
  const labels = placeLabels([wide], { width: 120, height: 80 });
  expect(labels.get("wide")).toMatchObject({ name: "Quay", note: false });
});
