import type { StoredPoint } from "../../../controller/store/series/index.ts";
import { fieldsOf } from "./fields.ts";

/** So near that a day holds what a minute of the bench makes. */
export const everyMs = 10;
export const fieldsPerPoint = 11;

/** Numbers that change as real ones do, made once: who sends must be light. */
const fields = Array.from({ length: 64 }, (_, i) => fieldsOf(i * 3, i * 10_000));
const texts = fields.map((some) => JSON.stringify(some));

export const deviceOf = (n: number): string => `bench-${String(n).padStart(6, "0")}`;

/** 20 of a-z2-7: another one whenever a device begins anew. */
export const bootOf = (device: string, firstAt: number): string =>
  `${firstAt}${device.replace(/\D/g, "")}`.replace(/\d/g, (d) => "abcdefghij"[Number(d)] ?? "a").padStart(20, "z");

export function batchText(needs: { boot: string; seq: number; total: number; at: number; points: number }) {
  const { boot, seq, total, points } = needs;
  let { at } = needs;
  let some = "";
  for (let i = 0; i < points; i++) {
    at += everyMs;
    some += `${i === 0 ? "" : ","}{"m":"system","at":${at},"f":${texts[(seq + i) % texts.length]}}`;
  }
  const head = `"v":1,"boot":"${boot}","session":1,"seq":${seq},"at":${at},"upMs":${1_000 + seq},"clock":"synced"`;
  return { text: `{${head},"total":${total},"points":[${some}]}`, nextAt: at };
}

/** The same points as they reach a store: of each device in turn what one of its batches holds. */
export function* writesOf(needs: {
  devices: number;
  points: number;
  firstAt: number;
  pointsPerWrite: number;
}): Generator<StoredPoint[], never> {
  const { devices, points, pointsPerWrite } = needs;
  let write: StoredPoint[] = [];
  for (let round = 0; ; round++) {
    for (let n = 0; n < devices; n++) {
      for (let i = 0; i < points; i++) {
        const at = needs.firstAt + (round * points + i + 1) * everyMs;
        write.push({ device: deviceOf(n), m: "system", at, tags: {}, fields: fields[(round + i) % 64] ?? {} });
        if (write.length < pointsPerWrite) continue;
        yield write;
        write = [];
      }
    }
  }
}
