import { useSignal } from "@preact/signals";
import type { RolloutDevice } from "../api.ts";
import { siteName } from "../fleet.ts";
import { deviceWords, type Phase, waveName } from "../rollout-words.ts";
import { follow } from "../router.ts";
import { count } from "../words.ts";
import { Pick } from "./fields.tsx";

const shownAtMost = 100;
const filters: readonly (readonly [string, string, readonly Phase[]])[] = [
  ["", "all", []],
  ["failed", "failed", ["failed"]],
  ["trying", "trying it", ["pushing", "pushed"]],
  ["done", "took it", ["done"]],
  ["waiting", "to come", ["waiting"]],
  ["skipped", "left out", ["skipped"]],
];
const rank: Record<Phase, number> = { failed: 0, pushing: 1, pushed: 1, skipped: 2, done: 3, waiting: 4 };

/** How each of them stands; what went wrong first. */
export function RolloutDevices({ devices }: { devices: readonly RolloutDevice[] }) {
  const chosen = useSignal("");
  const phases = filters.find(([key]) => key === chosen.value)?.[2] ?? [];
  const all = devices
    .filter(({ phase }) => phases.length === 0 || phases.includes(phase))
    .sort((a, b) => rank[a.phase] - rank[b.phase] || a.wave - b.wave);
  return (
    <section aria-labelledby="devices">
      <h2 id="devices">Devices</h2>
      <search class="filters">
        <Pick
          label="Show"
          value={chosen.value}
          options={filters.map(([key, word]) => [key, word] as const)}
          set={(value) => {
            chosen.value = value;
          }}
        />
      </search>
      <ul class="standings">
        {all.slice(0, shownAtMost).map((one) => {
          const { mark, hue, text } = deviceWords(one);
          return (
            <li key={one.id}>
              <span class={`state state-${hue} rollout-state`}>
                <span class="mark" aria-hidden="true">
                  {mark}
                </span>
                {text}
              </span>{" "}
              <a href={`/devices/${one.id}`} onClick={follow}>
                {one.name}
              </a>{" "}
              <span class="quiet">
                {siteName(one.site)} · {waveName(one.wave).toLowerCase()}
              </span>
            </li>
          );
        })}
      </ul>
      {all.length > shownAtMost && (
        <p class="quiet">{count(all.length - shownAtMost, "more device")}: choose what to show.</p>
      )}
      {all.length === 0 && <p class="quiet">None.</p>}
    </section>
  );
}
