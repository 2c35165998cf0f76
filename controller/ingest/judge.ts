import { admit, type ClockState, check, type DeviceEvent, limits, messages, readJson } from "#wire";
import type { StoredPoint } from "../store/series/index.ts";
import { type Envelope, readEnvelope } from "./envelope.ts";
import type { Arrival } from "./queue.ts";

/** Why something is in quarantine. */
export type QuarantineReason = string;

export interface RefusedPoint {
  /** In the batch; null: the whole message. */
  index: number | null;
  why: QuarantineReason;
  problem: string;
  raw: string;
  /** How many points it stands for. */
  points: number;
}

export interface JudgedBatch {
  device: string;
  boot: string;
  seq: number;
  /** Points made in the boot up to and with this batch; null where the message didn't say it in a way that counts. */
  total: number | null;
  /** Points in the batch; an event counts as one. */
  points: number;
  admitted: { index: number; point: StoredPoint }[];
  refused: RefusedPoint[];
  /** Fields cut off points that were stored. */
  cut: number;
  event: DeviceEvent | null;
  receivedAt: number;
  /** When it was made: since the boot, and by the device's clock (null: it didn't know the time). */
  upMs: number | null;
  madeAt: number | null;
}

/** Not even boot and sequence can be read: the session has to end, so that the device sets it aside. */
export interface Unreadable {
  unreadable: string;
  raw: string;
}

export interface JudgeNeeds {
  now: number;
  /** Raw points are kept so long; older ones have nowhere to go. */
  rawRetentionMs: number;
  /** Is `of` reached through `sender` at that time? */
  isVia(of: string, sender: string, at: number): boolean;
  /** May this series exist (DESIGN §4: at most 200 a device)? Remembers it when it may. */
  hasRoom(point: StoredPoint): boolean;
}

const futureMs = 5 * 60_000;
const dayMs = 86_400_000;
const rawChars = 2_048;

/** Judges one message: bounded, parsed, then each point by the catalogue, the clock and the registry. Never throws. */
export function judge(arrival: Arrival, needs: JudgeNeeds): JudgedBatch | Unreadable {
  const json = readJson(arrival.payload, limits.batchBytes);
  if (!json.ok) return { unreadable: json.problem, raw: preview(arrival.payload) };
  const usual = arrival.suffix === "telemetry" ? readEnvelope(json.message) : null;
  const named = usual ? null : check(messages.sequenceOnly, json.message);
  if (named && !named.ok) return { unreadable: named.problem, raw: preview(arrival.payload) };
  const { boot, seq } = usual ?? (named as { message: { boot: string; seq: number } }).message;
  const batch: JudgedBatch = {
    device: arrival.device,
    boot,
    seq,
    total: null,
    points: countOf(json.message),
    admitted: [],
    refused: [],
    cut: 0,
    event: null,
    receivedAt: arrival.receivedAt,
    upMs: null,
    madeAt: null,
  };
  return arrival.suffix === "event"
    ? judgeEvent(batch, json.message)
    : judgeTelemetry(batch, json.message, usual, needs);
}

function judgeEvent(batch: JudgedBatch, message: unknown): JudgedBatch {
  const event = check(messages.event, message);
  const judged = { ...batch, points: 1 };
  if (!event.ok) return refuseWhole(judged, "malformed", event.problem, message);
  return { ...judged, total: event.message.total, event: event.message, ...madeOf(event.message) };
}

function judgeTelemetry(batch: JudgedBatch, message: unknown, usual: Envelope | null, needs: JudgeNeeds): JudgedBatch {
  const parsed = usual ? null : check(messages.telemetryEnvelope, message);
  if (parsed && !parsed.ok) return refuseWhole(batch, "malformed", parsed.problem, message);
  const telemetry: Envelope = usual ?? (parsed as { message: Envelope }).message;
  const judged: JudgedBatch = { ...batch, total: telemetry.total, ...madeOf(telemetry) };
  if (telemetry.total < telemetry.points.length) {
    return refuseWhole({ ...judged, total: null }, "malformed", "total: less than the points of this batch", message);
  }
  const oldest = needs.now - needs.rawRetentionMs + dayMs;
  for (const [index, raw] of telemetry.points.entries()) {
    const refuse = (why: QuarantineReason, problem: string) =>
      judged.refused.push({ index, why, problem, raw: JSON.stringify(raw).slice(0, rawChars), points: 1 });
    const admission = admit(raw);
    if (!admission.ok) {
      refuse(admission.why, admission.problem);
      continue;
    }
    const { of, m, at, tags, fields } = admission.point;
    const point: StoredPoint = { device: of ?? batch.device, m, at, tags, fields };
    if (telemetry.clock === "unknown") refuse("clock", "the device did not know the time");
    else if (at > needs.now + futureMs) refuse("future", `at: more than ${futureMs / 60_000} min ahead`);
    else if (at < oldest) refuse("late", "at: older than raw data is kept");
    else if (of !== undefined && of !== batch.device && !needs.isVia(of, batch.device, at)) {
      refuse("not-yours", `of: ${of} is not reached through this device`);
    } else if (!needs.hasRoom(point)) refuse("too-many-series", `at most ${limits.seriesPerDevice} series a device`);
    else {
      judged.cut += admission.cut.length;
      judged.admitted.push({ index, point });
    }
  }
  return judged;
}

const madeOf = ({ upMs, at, clock }: { upMs: number; at: number; clock: ClockState }) => ({
  upMs,
  madeAt: clock === "unknown" ? null : at,
});

function refuseWhole(batch: JudgedBatch, why: string, problem: string, message: unknown): JudgedBatch {
  const raw = JSON.stringify(message).slice(0, rawChars);
  return { ...batch, refused: [{ index: null, why, problem, raw, points: batch.points }] };
}

const countOf = (message: unknown): number => {
  const points = (message as { points?: unknown }).points;
  return Array.isArray(points) && points.length > 0 ? points.length : 1;
};

const preview = (payload: Uint8Array): string =>
  new TextDecoder("utf-8").decode(payload.subarray(0, rawChars)).replaceAll("\u0000", "�");

export const isUnreadable = (judged: JudgedBatch | Unreadable): judged is Unreadable => "unreadable" in judged;
