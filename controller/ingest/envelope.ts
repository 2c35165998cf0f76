import { limits } from "#wire";

/** What telemetryEnvelope of the wire reads of a message, as far as it is used here. */
export interface Envelope {
  boot: string;
  seq: number;
  at: number;
  upMs: number;
  clock: "synced" | "corrected" | "unknown";
  total: number;
  points: unknown[];
}

const bootShape = /^[a-z2-7]{20}$/;
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** The usual message without the schema's detour: the same verdict as `telemetryEnvelope` where it gives one (a property
 *  test says so); null: unusual, ask the schema. */
export function readEnvelope(message: unknown): Envelope | null {
  if (typeof message !== "object" || message === null) return null;
  const { v, boot, session, seq, at, upMs, clock, total, points, replaces } = message as Record<string, unknown>;
  if (v !== 1 || replaces !== undefined) return null;
  if (typeof boot !== "string" || !bootShape.test(boot)) return null;
  if (!isCount(seq) || seq < 1 || !isCount(session)) return null;
  if (!isCount(at) || !isCount(upMs) || !isCount(total) || total > limits.count) return null;
  if (clock !== "synced" && clock !== "corrected" && clock !== "unknown") return null;
  if (!Array.isArray(points) || points.length === 0 || points.length > limits.batchPoints) return null;
  return { boot, seq, at, upMs, clock, total, points };
}
