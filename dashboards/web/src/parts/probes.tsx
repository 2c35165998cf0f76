import type { LatestPoint } from "../api.ts";
import { ago, quantity, stateWords } from "../words.ts";

const oldMs = 5 * 60_000;
const kinds: Record<string, string> = {
  dns: "name look-up",
  tcp: "connection",
  http: "web page",
  portal: "sign-in page",
  icmp: "ping",
};

/** What a person here would get, at a glance; a result that is old is not green. */
export function Probes(props: {
  latest: readonly LatestPoint[] | null;
  now: number;
  /** It is online: else what it last found is the past. */
  there: boolean;
}) {
  const { latest, now, there } = props;
  const probes = (latest ?? [])
    .filter((p) => p.m === "probe")
    .sort((a, b) => (a.tags["probe"] ?? "").localeCompare(b.tags["probe"] ?? ""));
  if (probes.length === 0) return null;
  return (
    <section aria-labelledby="probes">
      <h2 id="probes">What people here get</h2>
      <ul class="probes">
        {probes.map((probe) => {
          const old = !there || now - probe.at > oldMs;
          const works = probe.fields["success"] === 1;
          const state = old ? "unknown" : works ? "online" : "offline";
          const latency = probe.fields["latency_ms"];
          return (
            <li key={`${probe.tags["probe"]} ${probe.tags["kind"]}`} class={`probe state-${state}`}>
              <span class="mark" aria-hidden="true">
                {stateWords[state].mark}
              </span>
              <span>
                <b>{probe.tags["probe"]}</b>{" "}
                <span class="quiet">{kinds[probe.tags["kind"] ?? ""] ?? probe.tags["kind"]}</span>
              </span>
              <span class="number">
                {works ? (typeof latency === "number" ? quantity(latency, "ms") : "works") : "fails"}
              </span>
              {old && <span class="quiet">{ago(probe.at, now)}</span>}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
