import type { ConfigDocument } from "../../firmware-configs/index.ts";
import { Problem } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import type { Rollout, RolloutEvent, Touched } from "./state.ts";

interface By {
  kind: string;
  id: string;
  name: string;
}

/** What a rollout does with configuration: one device, one revision. */
export interface RolloutConfig {
  of(device: string): Promise<{ revision: number; by: By | null }>;
  put(
    by: By,
    device: string,
    wish: { document: Record<string, unknown>; message?: string; trialMs?: number | undefined; seen?: number },
  ): Promise<{ revision: number }>;
  restore(by: By, device: string, revision: number): Promise<{ revision: number }>;
}

/** Carries out what was decided. Twice is as good as once: what this rollout wants of the device already is not wanted
 *  again, and what somebody else wanted meanwhile stays. */
export function createCarryOut(needs: {
  log: Log;
  config: RolloutConfig;
  documentOf(rollout: string, device: string): Promise<ConfigDocument | null>;
}) {
  const { config } = needs;
  const byOf = ({ id, title }: Rollout): By => ({ kind: "rollout", id, name: title });
  const isOurs = ({ by }: { by: By | null }, { id }: Rollout): boolean => by?.kind === "rollout" && by.id === id;

  async function push(rollout: Rollout, { id: device, before }: Touched): Promise<RolloutEvent> {
    const is = await config.of(device);
    if (isOurs(is, rollout) && is.revision > before) return { kind: "pushed", device, revision: is.revision };
    if (is.revision !== before) return { kind: "refused", device, why: "somebody else configured it meanwhile" };
    const document = await needs.documentOf(rollout.id, device);
    if (!document) return { kind: "gone", device };
    const wish = { document, message: rollout.title, trialMs: rollout.trialMs ?? undefined, seen: before };
    const { revision } = await config.put(byOf(rollout), device, wish);
    return { kind: "pushed", device, revision };
  }

  async function goBack(rollout: Rollout, { id: device, before }: Touched): Promise<RolloutEvent> {
    const is = await config.of(device);
    if (!isOurs(is, rollout)) return { kind: "returned", device, why: "somebody else configured it meanwhile" };
    if (before === 0) await config.put(byOf(rollout), device, { document: {}, message: `back from ${rollout.title}` });
    else await config.restore(byOf(rollout), device, before);
    return { kind: "returned", device, why: null };
  }

  /** null: it can't be done now, and is to be tried again. */
  return async (what: "push" | "return", rollout: Rollout, one: Touched): Promise<RolloutEvent | null> => {
    try {
      return await (what === "push" ? push(rollout, one) : goBack(rollout, one));
    } catch (error) {
      const device = one.id;
      if (error instanceof Problem && error.code === "not-found" && what === "push") return { kind: "gone", device };
      if (error instanceof Problem && error.kind !== "away")
        return what === "push"
          ? { kind: "refused", device, why: error.message }
          : { kind: "returned", device, why: error.message };
      needs.log.error("a step of a rollout could not be carried out", { rollout: rollout.id, device, error });
      return null;
    }
  };
}
