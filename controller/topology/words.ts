import type { Standing } from "./standing.ts";
import type { Known } from "./state.ts";
import type { TopologyView } from "./view.ts";

const means: Readonly<Record<Standing, string>> = {
  holds: "while that is lost, nobody is told of this device by itself",
  counting: "not yet seen often enough to keep a notice back",
  declared: "declared as well",
  overruled: "not counted, since somebody declared what it is behind",
  dismissed: "not counted, since somebody said that it is wrong",
  circular: "not counted, since that is behind this device itself",
};

/** What a device is behind, and what that means for notices: one sentence each. Pure. */
export function behindSentences(
  { via, parents }: Pick<Known, "via" | "parents">,
  view: TopologyView,
  nameOf: (id: string) => string,
): string[] {
  const declared = [...(via === null ? [] : [[via]]), ...parents].filter(({ length }) => length > 0);
  return [
    ...declared.map((group) => `Behind ${group.map(nameOf).join(" or ")}: declared; ${means.holds}.`),
    ...view.learnt.map(({ name, how, interface: at, port, seen, needed, standing }) => {
      const where = how === "gateway" ? "its gateway" : `its cable at ${at}${port === null ? "" : `, port ${port}`}`;
      const often = standing === "counting" ? ` (${seen} of ${needed} times)` : "";
      return `Behind ${name}: learnt from ${where}; ${means[standing]}${often}.`;
    }),
  ];
}
