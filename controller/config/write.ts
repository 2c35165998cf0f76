import type { Kysely } from "kysely";
import type { Clock } from "../base/clock.ts";
import { hashOf } from "../base/ids.ts";
import type { Seal } from "../base/seal.ts";
import type { Signer } from "../base/signing.ts";
import { rowsAtOnce, turn } from "../base/turn.ts";
import type { Database } from "../store/records/index.ts";
import { veiled } from "./composer.ts";
import { type ConfigState, decide } from "./decide.ts";
import type { Follow } from "./follow.ts";
import { configLimits } from "./limits.ts";
import type { ConfigRecords, NewRevision } from "./records.ts";
import { forAgent, keptFiles } from "./render.ts";
import { bodyText } from "./source.ts";
import type { Planned } from "./survey.ts";

export interface By {
  kind: string;
  id: string;
  name: string;
}

export interface WriteNeeds {
  clock: Clock;
  db: Kysely<Database>;
  records: ConfigRecords;
  signer: Pick<Signer, "sign" | "renewed">;
  audit: {
    write(
      db: Kysely<Database>,
      entry: { actor: By; action: string; subject: Omit<By, "name">; before?: object | null; after?: object | null },
    ): Promise<void>;
  };
  follow: Pick<Follow, "of" | "put">;
  seal: Seal;
}

/** Makes planned documents the wanted ones: signed once, written in one transaction (all of them, or none), then sent. */
export function createWrite(needs: WriteNeeds) {
  const { clock, records, follow } = needs;

  function revise(
    { device: { id: device }, made, own }: Planned,
    about: { was: ConfigState; by: By; message: string; trialMs: number },
  ): NewRevision {
    const { was, by, message, trialMs } = about;
    const at = clock.now();
    // A restored controller is still above what the device has.
    const newest = Math.max(was.wanted?.revision ?? 0, was.reported?.revision ?? 0, was.foreign?.revision ?? 0);
    const revision = Math.max(newest + 1, at);
    const { by: renderer, files, left } = made.rendered;
    const content = { revision, trialMs, document: forAgent(made.document), ...(files.length > 0 ? { files } : {}) };
    const signed = needs.signer.sign("config", device, content);
    const hash = hashOf(signed.body);
    const text = JSON.stringify(signed);
    const kept = made.secret ? sealedText(needs.seal, text, { device, revision }) : text;
    const ownText = bodyText({ kind: "device", id: device }, own, needs.seal);
    const rendered = { by: renderer, files: keptFiles(renderer, made.shown), left };
    return { revision, hash, signed: kept, document: made.shown, rendered, own: ownText, trialMs, message, by, at };
  }

  return async (
    by: By,
    all: readonly Planned[],
    {
      message = "",
      trialMs = configLimits.trialMs.usual,
    }: { message?: string | undefined; trialMs?: number | undefined },
    /** In the same transaction, first. */
    first: (t: Kysely<Database>) => Promise<void> = async () => {},
  ): Promise<void> => {
    const made = all.map((one) => {
      const { device, changes } = one;
      const was = follow.of(device.id);
      const next = revise(one, { was, by, message, trialMs });
      const { revision, hash } = next;
      const event = { kind: "wanted", wanted: { revision, hash, trialMs, rendered: next.rendered.by } } as const;
      return { device: device.id, was, next, changes: veiled(changes), event };
    });
    await needs.db.transaction().execute(async (t) => {
      await first(t);
      for (const [i, { device, was, next, changes, event }] of made.entries()) {
        if (i % rowsAtOnce === rowsAtOnce - 1) await turn();
        const stays = [was.applied?.revision, was.reported?.revision].filter((one) => one !== undefined);
        await records.insert(t, device, next, stays);
        await records.saveState(t, device, decide(was, event, next.at).state);
        const subject = { kind: "device", id: device };
        const before = { revision: was.wanted?.revision ?? 0 };
        const after = { revision: next.revision, message, changes };
        await needs.audit.write(t, { actor: by, action: "device.configured", subject, before, after });
      }
    });
    // On what holds now: devices have gone on talking while it was written.
    for (const { device, event } of made) follow.put(device, event);
  };
}

const sealedMark = "sealed:";
const placeOf = ({ device, revision }: { device: string; revision: number }): string => `signed/${device}/${revision}`;

/** A signed message with secrets in it, as it is kept. */
const sealedText = (seal: Seal, text: string, of: { device: string; revision: number }): string =>
  `${sealedMark}${seal.seal(text, placeOf(of))}`;

/** The signed message as it is sent. Throws where it does not open with this key. */
export const signedText = (seal: Seal, kept: string, of: { device: string; revision: number }): string =>
  kept.startsWith(sealedMark) ? seal.open(kept.slice(sealedMark.length), placeOf(of)) : kept;
