import { catalogue, type MeasurementName } from "#wire";
import type { LatestPoint } from "./api.ts";

/** One chart: fields of one measurement that share an axis. */
export interface ChartPlan {
  key: string;
  title: string;
  measurement: MeasurementName;
  /** As shown; bytes of a counter are shown per second. */
  unit: string;
  lines: { field: string; label: string; hue: string }[];
  /** Asked of the store; `rate` for counters. */
  fn: "mean" | "rate" | "last";
  /** One line a value of this tag, instead of one a field. */
  by?: string;
  /** It holds or it doesn't: a strip, not a line. What is said of each. */
  strip?: { good: string; bad: string };
  /** Halves of it mean nothing. */
  whole?: true;
  /** Behind "More": seldom what somebody came for. */
  more?: true;
}

/** One hue per meaning across all pages; told apart also by who doesn't see all colours. */
export const hues = {
  download: "var(--hue-blue)",
  upload: "var(--hue-orange)",
  main: "var(--hue-blue)",
  second: "var(--hue-orange)",
  third: "var(--hue-purple)",
  bad: "var(--hue-red)",
};
export const hueCycle = ["--hue-blue", "--hue-orange", "--hue-purple", "--hue-teal", "--hue-red", "--hue-grey"];

const plans: ChartPlan[] = [
  {
    key: "clients",
    title: "Devices on",
    measurement: "radio",
    unit: "",
    fn: "mean",
    by: "radio",
    whole: true,
    lines: [{ field: "clients", label: "devices on", hue: "" }],
  },
  {
    key: "utilisation",
    title: "Channel busy",
    measurement: "radio",
    unit: "%",
    fn: "mean",
    by: "radio",
    lines: [{ field: "utilisation_percent", label: "busy", hue: "" }],
  },
  {
    key: "noise",
    title: "Noise",
    measurement: "radio",
    unit: "dBm",
    fn: "mean",
    by: "radio",
    lines: [{ field: "noise_dbm", label: "noise", hue: "" }],
  },
  {
    key: "air-temperature",
    title: "Air temperature",
    measurement: "environment",
    unit: "°C",
    fn: "mean",
    by: "sensor",
    lines: [{ field: "temperature_celsius", label: "temperature", hue: "" }],
  },
  {
    key: "humidity",
    title: "Humidity",
    measurement: "environment",
    unit: "%",
    fn: "mean",
    by: "sensor",
    lines: [{ field: "humidity_percent", label: "humidity", hue: "" }],
  },
  {
    key: "dust",
    title: "Fine dust (PM2.5)",
    measurement: "environment",
    unit: "µg/m³",
    fn: "mean",
    by: "sensor",
    lines: [{ field: "pm25_ug_per_m3", label: "dust", hue: "" }],
  },
  {
    key: "light",
    title: "Light",
    measurement: "environment",
    unit: "lx",
    fn: "mean",
    by: "sensor",
    lines: [{ field: "illuminance_lux", label: "light", hue: "" }],
  },
  {
    key: "pressure",
    title: "Air pressure",
    measurement: "environment",
    unit: "hPa",
    fn: "mean",
    by: "sensor",
    lines: [{ field: "pressure_hpa", label: "pressure", hue: "" }],
  },
  {
    key: "latency",
    title: "Probes: time to answer",
    measurement: "probe",
    unit: "ms",
    fn: "mean",
    by: "probe",
    lines: [{ field: "latency_ms", label: "time", hue: "" }],
  },
  {
    key: "success",
    title: "Probes: answered or not",
    strip: { good: "answers", bad: "fails" },
    measurement: "probe",
    unit: "",
    fn: "mean",
    by: "probe",
    lines: [{ field: "success", label: "worked", hue: "" }],
  },
  {
    key: "up",
    title: "Links",
    strip: { good: "up", bad: "down" },
    measurement: "interface",
    unit: "",
    fn: "last",
    by: "interface",
    lines: [{ field: "up", label: "up", hue: "" }],
  },
  {
    key: "loss",
    title: "Probes: lost",
    measurement: "probe",
    unit: "%",
    fn: "mean",
    by: "probe",
    more: true,
    lines: [{ field: "loss_percent", label: "lost", hue: "" }],
  },
  {
    key: "rx",
    title: "Received",
    measurement: "interface",
    unit: "B/s",
    fn: "rate",
    by: "interface",
    lines: [{ field: "rx_bytes", label: "received", hue: "" }],
  },
  {
    key: "tx",
    title: "Sent",
    measurement: "interface",
    unit: "B/s",
    fn: "rate",
    by: "interface",
    lines: [{ field: "tx_bytes", label: "sent", hue: "" }],
  },
  {
    key: "cpu",
    title: "Processor",
    measurement: "system",
    unit: "%",
    fn: "mean",
    lines: [
      { field: "cpu_percent", label: "busy", hue: hues.main },
      { field: "cpu_iowait_percent", label: "waiting for storage", hue: hues.second },
    ],
  },
  {
    key: "memory",
    title: "Memory",
    measurement: "system",
    unit: "B",
    fn: "mean",
    lines: [
      { field: "memory_used_bytes", label: "used", hue: hues.main },
      { field: "memory_total_bytes", label: "there is", hue: hues.third },
    ],
  },
  {
    key: "temperature",
    title: "Temperature",
    measurement: "system",
    unit: "°C",
    fn: "mean",
    lines: [{ field: "temperature_celsius", label: "", hue: hues.main }],
  },
  {
    key: "disk",
    title: "Storage used",
    measurement: "system",
    unit: "%",
    fn: "mean",
    lines: [{ field: "disk_used_percent", label: "", hue: hues.main }],
  },
  {
    key: "load",
    title: "Load",
    measurement: "system",
    unit: "",
    fn: "mean",
    lines: [
      { field: "load1", label: "1 min", hue: hues.main },
      { field: "load5", label: "5 min", hue: hues.second },
      { field: "load15", label: "15 min", hue: hues.third },
    ],
  },
];

const bands: [number, string][] = [
  [3_000, "2.4 GHz"],
  [5_925, "5 GHz"],
  [8_000, "6 GHz"],
];

/** Radios are known by their band, where one has it alone. */
export function radioNames(latest: readonly LatestPoint[]): Map<string, string> {
  const found = latest.flatMap((p) => {
    const { frequency_mhz: at } = p.fields;
    const band = typeof at === "number" ? bands.find(([below]) => at < below)?.[1] : undefined;
    return p.m === "radio" && band ? [[p.tags["radio"] ?? "", band] as const] : [];
  });
  const alone = (band: string) => found.filter(([, other]) => other === band).length === 1;
  return new Map(found.map(([radio, band]) => [radio, alone(band) ? band : `${band}, ${radio}`]));
}

/** What a device hangs on is said in words. */
const elsewhere: ReadonlySet<MeasurementName> = new Set(["neighbour", "gateway", "port"]);

/** Every measurement that a device has, as charts: the ones with a considered place first, then whatever is left of the
 *  catalogue, so that nothing measured has no picture. */
export function chartsOf(latest: readonly LatestPoint[]): ChartPlan[] {
  const has = (m: string, field: string) => latest.some((p) => p.m === m && field in p.fields);
  const chosen = plans
    .map((plan) => ({ ...plan, lines: plan.lines.filter((line) => has(plan.measurement, line.field)) }))
    .filter((plan) => plan.lines.length > 0);
  const shown = new Set(chosen.flatMap((plan) => plan.lines.map((l) => `${plan.measurement} ${l.field}`)));
  const rest = (Object.keys(catalogue) as MeasurementName[]).flatMap((m) =>
    Object.entries(catalogue[m].fields)
      .filter(([field]) => !elsewhere.has(m) && has(m, field) && !shown.has(`${m} ${field}`))
      .map(([field, about]) => plain(m, field, about)),
  );
  return [...chosen, ...rest];
}

function plain(m: MeasurementName, field: string, about: { unit: string; kind: string; meaning: string }): ChartPlan {
  const counter = about.kind === "counter";
  const tag = Object.keys(catalogue[m].tags)[0];
  const unit = counter ? (about.unit === "B" ? "B/s" : "/s") : about.unit;
  const what = m === "system" ? "" : `${m}: `;
  return {
    key: `${m}.${field}`,
    title: `${what}${about.meaning}`.replace(/^./, (c) => c.toUpperCase()),
    measurement: m,
    unit,
    fn: counter ? "rate" : about.kind === "state" ? "last" : "mean",
    lines: [{ field, label: "", hue: hues.main }],
    ...(tag ? { by: tag } : {}),
    more: true,
  };
}
