import type { AgentSettings } from "#wire";
import {
  type Collector,
  createEnvironmentCollector,
  createInterfaceCollector,
  createProbeCollector,
  createRadioCollector,
  createRounds,
  createSystemCollector,
  createTopologyCollector,
  defaultProbes,
  type Sample,
  type SpoolFacts,
} from "./collectors/index.ts";
import type { Cancel, Host } from "./host/index.ts";
import { type Log, reason } from "./log.ts";

/** Longer is no answer, however long the interval is: other settings and a stop wait for the round that is under way. */
export const longestCollectMs = 30_000;

export interface MeasureNeeds {
  host: Host;
  log: Log;
  dataDir: string;
  /** What the agent costs. */
  footprint: () => { residentBytes: number; cpuMs: number };
  spool: SpoolFacts;
  offer: (samples: readonly Sample[]) => void;
}

/** What is measured, and how often. `controllerUrl` is probed where no probes are named. */
export interface MeasureSettings extends Pick<AgentSettings, "intervalMs" | "collectors"> {
  controllerUrl: string;
}

export type Measuring = ReturnType<typeof createMeasuring>;

type Kept = { about: string; collector: Collector };

/** Rounds of measuring, one every `intervalMs`, until it is stopped; other settings take effect between two rounds. */
export function createMeasuring(needs: MeasureNeeds) {
  const { time } = needs.host;
  let timer: Cancel | undefined;
  let round: Promise<void> = Promise.resolve();
  /** Rounds of settings that hold no more end themselves. */
  let current = 0;
  let halted = false;
  let kept = new Map<string, Kept>();

  /** Collectors that stay as they were keep what they remember: a counter, a probe under way. */
  function choose(settings: MeasureSettings): Collector[] {
    const before = kept;
    const wanted = makersOf(settings, needs).map(({ name, about, make }): [string, Kept] => {
      const known = before.get(name);
      return [name, known?.about === about ? known : { about, collector: make() }];
    });
    kept = new Map(wanted);
    return wanted.map(([, { collector }]) => collector);
  }

  async function run(settings: MeasureSettings, own: number): Promise<void> {
    const { intervalMs } = settings;
    const timeoutMs = Math.min(intervalMs, longestCollectMs);
    const rounds = createRounds({ collectors: choose(settings), time, log: needs.log, timeoutMs });
    const started = time.monotonic();
    let next = 0;
    const tick = async (): Promise<void> => {
      try {
        const samples = await rounds.collect();
        if (!halted) needs.offer(samples);
      } catch (error) {
        needs.log.error(`a round failed: ${reason(error)}`);
      }
      if (own !== current) return;
      // By the grid, not by the last round's end; rounds that would lie in the past are left out.
      next = Math.max(next + 1, Math.ceil((time.monotonic() - started) / intervalMs));
      timer = time.after(started + next * intervalMs - time.monotonic(), () => {
        round = tick();
      });
    };
    await tick();
  }

  return {
    /** Measures by these settings from now on; a round that is under way is finished first. Never rejects. */
    use(settings: MeasureSettings): void {
      timer?.();
      const own = ++current;
      const before = round;
      round = before.then(() => (own === current ? run(settings, own) : undefined));
    },
    /** Resolves when the round that is under way has been offered. */
    async stop(): Promise<void> {
      current++;
      timer?.();
      await round;
    },
    /** Nothing more is begun, and what is under way is lost. */
    halt(): void {
      halted = true;
      current++;
      timer?.();
    },
  };
}

interface Maker {
  name: string;
  /** Two of the same name and this are the same. */
  about: string;
  make: () => Collector;
}

function makersOf({ collectors, controllerUrl }: MeasureSettings, needs: MeasureNeeds): Maker[] {
  const { host, log, dataDir, footprint, spool } = needs;
  const { system, interface: interfaces, probe, radio, environment, topology } = collectors;
  const probes = probe.probes ?? defaultProbes(controllerUrl);
  const makers = [
    { name: "system", set: system, make: () => createSystemCollector({ host, dataDir, footprint, spool }) },
    { name: "interface", set: interfaces, make: () => createInterfaceCollector({ host, settings: interfaces }) },
    {
      name: "probe",
      set: { ...probe, probes },
      make: () => createProbeCollector({ host, log, settings: { ...probe, probes } }),
    },
    { name: "radio", set: radio, make: () => createRadioCollector({ host, log }) },
    { name: "environment", set: environment, make: () => createEnvironmentCollector({ host }) },
    { name: "topology", set: topology, make: () => createTopologyCollector({ host, log }) },
  ];
  return makers
    .filter(({ set }) => set.enabled)
    .map(({ name, set, make }) => ({ name, about: JSON.stringify(set), make }));
}
