import { admit, type ClockState, limits, type Point, type SequenceRange, utf8Length } from "#wire";
import type { Sample } from "../collectors/index.ts";
import type { BootClock } from "./clock.ts";
import { lanes } from "./clock.ts";
import type { Exit } from "./exit.ts";
import type { Scrubbed } from "./scrub.ts";

/** What is sent, kept and delivered as one. Its text never changes once it was sent. */
export interface Batch {
  boot: string;
  seq: number;
  kind: "telemetry" | "event";
  /** Points in it; an event counts as one. */
  points: number;
  /** Points made in this boot up to and with it. */
  total: number;
  at: number;
  clock: ClockState;
  text: Scrubbed;
  /** Tells of a loss: it goes last of all. */
  keep: boolean;
  /** 5-minute values; `at` is then the newest of them. */
  thinned?: boolean;
  /** See the spool's entries. */
  strikes?: readonly SequenceRange[];
}

/** Room for the envelope around the points. */
const envelopeBytes = 512;
/** `at` may still grow to 13 digits, when a boot without time learns it. */
const atBytes = 13;

export interface BatcherNeeds {
  boot: string;
  clock: BootClock;
  exit: Exit;
  session: () => number;
  put: (batch: Batch) => void;
  /** A point that the catalogue would refuse: a bug of a collector, or a device with too many series. */
  refused: (why: string) => void;
}

export type Batcher = ReturnType<typeof createBatcher>;

/** Turns samples into numbered batches of at most 500 points and 64 KiB. */
export function createBatcher({ boot, clock, exit, session, put, refused }: BatcherNeeds) {
  let seq = 0;
  let total = 0;
  let lastAt = new Map<string, number>();
  let lane = clock.lane();
  let timed = clock.state() !== "unknown";

  const envelope = (points: number) => {
    seq++;
    total += points;
    return {
      v: 1 as const,
      boot,
      session: session(),
      seq,
      at: clock.at(),
      upMs: clock.upMs(),
      clock: clock.state(),
      total,
    };
  };
  const made = (kind: Batch["kind"], points: number, head: ReturnType<typeof envelope>, text: Scrubbed, keep = false) =>
    put({ boot, seq: head.seq, kind, points, total: head.total, at: head.at, clock: head.clock, text, keep });

  /** One point per series and time, always later than the one before. */
  function timeOf(series: string, upMs: number): number | undefined {
    if (clock.lane() !== lane) {
      lane = clock.lane();
      lastAt = new Map();
    }
    if (!timed && clock.state() !== "unknown") {
      timed = true;
      // What was made before has got its time by now: the next must be later than that.
      for (const [name, at] of lastAt) lastAt.set(name, at + clock.offset());
    }
    const last = lastAt.get(series);
    if (last === undefined && lastAt.size >= limits.seriesPerDevice) return undefined;
    const at = Math.max(clock.pointAt(upMs), last === undefined ? 0 : last + lanes);
    lastAt.set(series, at);
    return at;
  }

  function toPoint(sample: Sample): Point | undefined {
    const clean = exit.sample({ m: sample.m, t: sample.t, f: sample.f });
    const admission = admit({ ...clean, at: 0 });
    if (!admission.ok) return void refused(admission.problem);
    if (admission.cut.length > 0) refused(`${clean.m}: ${admission.cut.join(", ")} is not in the catalogue`);
    const { m, tags, fields } = admission.point;
    const series = JSON.stringify([m, Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1))]);
    const at = timeOf(series, clock.upMs(sample.measuredAt));
    if (at === undefined) return void refused(`over ${limits.seriesPerDevice} series, ${m} is left out`);
    return { m, at, ...(Object.keys(tags).length > 0 ? { t: tags } : {}), f: fields };
  }

  function send(points: Point[]): void {
    const head = envelope(points.length);
    made("telemetry", points.length, head, exit.text("telemetry", { ...head, points }));
  }

  function* toPoints(samples: readonly Sample[]): Generator<Point> {
    for (const sample of samples) {
      const point = toPoint(sample);
      if (point) yield point;
    }
  }

  return {
    seq: () => seq,
    total: () => total,
    add(samples: readonly Sample[]): void {
      pack(toPoints(samples), envelopeBytes, refused, send);
    },
    /** 5-minute values of batches that go to make room, under the numbers of this boot. What they hold was measured
     *  when its time was known, whether or not this boot knows it. */
    thinned(points: readonly Point[], replaces: readonly SequenceRange[]): void {
      const packed: Point[][] = [];
      const room = envelopeBytes + JSON.stringify(replaces).length;
      pack(points, room, refused, (part) => packed.push(part));
      for (const [i, part] of packed.entries()) {
        const newest = part.reduce((at, point) => Math.max(at, point.at), 0);
        const head = envelope(part.length);
        const clock = head.clock === "unknown" ? ({ at: newest, clock: "corrected" } as const) : {};
        const text = exit.text("telemetry", { ...head, ...clock, replaces: [...replaces], points: part });
        const { total } = head;
        const batch: Batch = {
          boot,
          seq: head.seq,
          kind: "telemetry",
          points: part.length,
          total,
          ...dated(newest),
          text,
        };
        // Only all of them together stand for what they replace.
        put(i === packed.length - 1 ? { ...batch, strikes: replaces } : batch);
      }
    },
    event(kind: string, severity: "info" | "warning" | "error", detail: Record<string, unknown>): void {
      const head = envelope(1);
      const keep = kind === "spool-dropped" || kind === "tail-lost";
      made("event", 1, head, exit.text("event", { ...head, kind, severity, detail }), keep);
    },
  };
}

const dated = (at: number) => ({ at, clock: "corrected", keep: false, thinned: true }) as const;

/** Points as batches that are within the bounds. @param envelope bytes around the points */
function pack(
  points: Iterable<Point>,
  envelope: number,
  refused: (why: string) => void,
  send: (points: Point[]) => void,
): void {
  let open: Point[] = [];
  let bytes = envelope;
  for (const point of points) {
    const size = utf8Length(JSON.stringify(point)) + 1 + atBytes;
    if (size + envelope > limits.batchBytes) {
      refused(`${point.m}: a point of ${size} bytes is larger than a batch`);
      continue;
    }
    if (open.length === limits.batchPoints || bytes + size > limits.batchBytes) {
      send(open);
      open = [];
      bytes = envelope;
    }
    open.push(point);
    bytes += size;
  }
  if (open.length > 0) send(open);
}
