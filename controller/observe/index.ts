import { controllerMeasurement } from "../alert/index.ts";

/** One number for /metrics. */
export interface Metric {
  name: string;
  kind: "counter" | "gauge";
  help: string;
  values: { labels?: Record<string, string>; value: number }[];
}

export interface Part {
  name: string;
  ok: boolean;
  why?: string;
}

export interface ObserveNeeds {
  store: { state(): { ready: true } | { ready: false; why: string } };
  ingest: {
    counts(): Record<string, number>;
    cannotStore(): { since: number; why: string } | null;
    refusals(): ReadonlyMap<string, number>;
    fleet(): { figures: Readonly<Record<string, number>>; devicesMissing: number };
  };
  reception: { counts(): Record<string, number> };
  broker: { counts(): Record<string, number> };
  /** Devices by state. */
  states(): Record<string, number>;
  alerts: { counts(): Record<string, number> };
  notify: { counts(): Record<string, number> };
  probing: { counts(): Record<string, number> };
  /** The controller as its own rules see it. */
  self: {
    values(): Readonly<Record<string, number>>;
    watchdog(): { takenAt: number | null; problem: string | null } | null;
  };
  rollups: { view(): { pendingHours: number; oldestPendingAt: number | null; doneHours: number } };
  clock: { now(): number };
  /** Devices by how their configuration stands. */
  configs(): Record<string, number>;
}

/** How the controller itself is: what /readyz and /metrics say. */
export function createObserve(needs: ObserveNeeds) {
  return {
    /** Ready: it can do its job, which is to store. */
    health(): { ready: boolean; parts: Part[] } {
      const state = needs.store.state();
      const stuck = needs.ingest.cannotStore();
      const parts: Part[] = [
        { name: "store", ok: state.ready, ...(state.ready ? {} : { why: state.why }) },
        { name: "ingest", ok: stuck === null, ...(stuck ? { why: `cannot store: ${stuck.why}` } : {}) },
      ];
      return { ready: parts.every((part) => part.ok), parts };
    },

    metrics(): Metric[] {
      const rolled = needs.rollups.view();
      const memory = process.memoryUsage();
      const cpu = process.cpuUsage();
      return [
        ...counters("ingest_points", "Points of telemetry, by what became of them.", needs.ingest.counts(), [
          "received",
          "stored",
          "duplicates",
          "quarantined",
        ]),
        ...deliveryMetrics(needs.ingest),
        ...counters("ingest_messages", "Messages that were not taken.", needs.ingest.counts(), [
          "forgotten",
          "unreadable",
        ]),
        one(
          "ingest_fields_cut_total",
          "counter",
          "Fields that the catalogue does not have.",
          needs.ingest.counts()["cut"],
        ),
        one("ingest_retries_total", "counter", "Writes that had to be tried again.", needs.ingest.counts()["retries"]),
        one(
          "ingest_queue_messages",
          "gauge",
          "Messages that wait for the store.",
          needs.ingest.counts()["queuedMessages"],
        ),
        one("ingest_queue_bytes", "gauge", "Their size.", needs.ingest.counts()["queuedBytes"]),
        ...counters("mqtt_messages", "Messages of devices.", needs.reception.counts(), ["messages", "malformed"]),
        one("mqtt_connections", "gauge", "Open MQTT connections.", needs.broker.counts()["connections"]),
        ...counters("mqtt_refusals", "What the broker refused.", needs.broker.counts(), [
          "refusedSignIns",
          "refusedTopics",
          "breaches",
          "skippedSends",
        ]),
        {
          name: "lamplighter_devices",
          kind: "gauge",
          help: "Devices by state.",
          values: Object.entries(needs.states()).map(([state, value]) => ({ labels: { state }, value })),
        },
        {
          name: "lamplighter_config_devices",
          kind: "gauge",
          help: "Devices by how their configuration stands.",
          values: Object.entries(needs.configs()).map(([status, value]) => ({ labels: { status }, value })),
        },
        ...alertMetrics(needs),
        one("rollup_pending_hours", "gauge", "Hours of devices whose roll-ups are due.", rolled.pendingHours),
        one(
          "rollup_oldest_pending_seconds",
          "gauge",
          "Age of the oldest of them.",
          rolled.oldestPendingAt === null ? 0 : Math.max(0, needs.clock.now() - rolled.oldestPendingAt) / 1_000,
        ),
        one("rollup_hours_total", "counter", "Hours of devices rolled up since the start.", rolled.doneHours),
        ...Object.entries(controllerMeasurement.fields).map(([field, { meaning, unit }]) =>
          one(
            `controller_${field}`,
            "gauge",
            `${meaning}${unit === "" ? "" : ` (${unit})`}.`,
            needs.self.values()[field],
          ),
        ),
        one(
          "watchdog_ok",
          "gauge",
          "1 when the watchdog took the last sign of life; 1 also where none is set.",
          needs.self.watchdog()?.problem ? 0 : 1,
        ),
        one("store_ready", "gauge", "1 when the series store can store.", needs.store.state().ready ? 1 : 0),
        one("process_resident_bytes", "gauge", "Memory of the controller.", memory.rss),
        one("process_cpu_seconds_total", "counter", "Processor time of the controller.", (cpu.user + cpu.system) / 1e6),
      ];
    },
  };
}
/** What is wrong, and who was told. */
const alertMetrics = (needs: ObserveNeeds): Metric[] => [
  one("incidents_open", "gauge", "Open incidents.", needs.alerts.counts()["open"]),
  ...counters("incidents", "Incidents since the start, by what became of them.", needs.alerts.counts(), [
    "opened",
    "resolved",
    "closed",
  ]),
  ...counters("probes", "Silent devices and lines that were asked, by what they said.", needs.probing.counts(), [
    "answered",
    "silent",
    "unknown",
  ]),
  one("outbox_waiting", "gauge", "Notices that wait for their receiver.", needs.notify.counts()["waiting"]),
  one(
    "outbox_oldest_seconds",
    "gauge",
    "How long the oldest of them waits.",
    (needs.notify.counts()["oldestMs"] ?? 0) / 1_000,
  ),
  ...counters("notices", "Notices since the start, by attempt.", needs.notify.counts(), ["sent", "retried", "dead"]),
];

/** What the ledgers of all devices say together, and what was refused since the start. */
function deliveryMetrics(ingest: ObserveNeeds["ingest"]): Metric[] {
  const { figures, devicesMissing } = ingest.fleet();
  const by = (head: string, usual: readonly string[]) => {
    const whys = new Set([
      ...usual,
      ...Object.keys(figures).flatMap((key) => (key.startsWith(head) ? key.slice(head.length) : [])),
    ]);
    return [...whys].map((why) => ({ labels: { why }, value: figures[`${head}${why}`] ?? 0 }));
  };
  const where = {
    made: "made",
    stored: "stored",
    duplicates: "duplicates",
    quarantined: "quarantined",
    onDevice: "on_device",
  };
  return [
    {
      name: "lamplighter_ingest_refused_points_total",
      kind: "counter",
      help: "Points that were refused since the start, by why.",
      values: [...new Set([...refusalReasons, ...ingest.refusals().keys()])].map((why) => ({
        labels: { why },
        value: ingest.refusals().get(why) ?? 0,
      })),
    },
    {
      name: "lamplighter_delivery_points",
      kind: "gauge",
      help: "Points that all devices made since they are known, by where they are: made = stored + quarantined + on_device + dropped + missing (the last two by why in metrics of their own).",
      values: Object.entries(where).map(([key, label]) => ({ labels: { where: label }, value: figures[key] ?? 0 })),
    },
    {
      name: "lamplighter_delivery_dropped_points",
      kind: "gauge",
      help: "Points that devices gave up and said so, by why.",
      values: by("dropped ", ["full", "thinned", "age", "unreadable"]),
    },
    {
      name: "lamplighter_delivery_missing_points",
      kind: "gauge",
      help: "Points that are missing, by why.",
      values: by("missing ", ["power", "wiped", "replaced", "restored", "unknown"]),
    },
    one("delivery_devices_missing", "gauge", "Devices of which something is missing.", devicesMissing),
  ];
}

/** Those that a bad device or a wrong clock causes; others appear when they happen. */
const refusalReasons = ["clock", "future", "late", "malformed", "not-yours", "store", "too-many-series"];

export type Observe = ReturnType<typeof createObserve>;

const one = (name: string, kind: Metric["kind"], help: string, value = 0): Metric => ({
  name: `lamplighter_${name}`,
  kind,
  help,
  values: [{ value }],
});

const counters = (name: string, help: string, counts: Record<string, number>, keys: string[]): Metric[] => [
  {
    name: `lamplighter_${name}_total`,
    kind: "counter",
    help,
    values: keys.map((what) => ({ labels: { what }, value: counts[what] ?? 0 })),
  },
];
