import { generateKeyPairSync } from "node:crypto";
import type { Clock } from "../../base/clock.ts";
import { invalid } from "../../base/errors.ts";
import type { Log } from "../../base/log.ts";
import { createSerial } from "../../base/serial.ts";
import { createSigner } from "../../base/signing.ts";
import type { BreakWish, DemoView } from "../../http/index.ts";
import type { Call } from "../api.ts";
import type { Faults } from "../fleet/index.ts";
import { decide, type Fault, faultNames, faultWords, putRight, type Target } from "./faults.ts";
import { linesCut } from "./lines.ts";
import { lockStore } from "./store.ts";

export { faultNames, faultWords, putRight } from "./faults.ts";

export interface BreakNeeds {
  clock: Clock;
  log: Log;
  call: Call;
  targets: readonly Target[];
  setFaults(faults: Faults): void;
  broker: {
    pause(): Promise<void>;
    resume(): Promise<void>;
    send(device: string, suffix: "config/desired", payload: string): boolean;
  };
  /** Of the embedded series. */
  storeFile: string;
  changed(): void;
}

/** Nobody listens there: port 9 is for throwing away. */
const nobody = "ws://127.0.0.1:9/mqtt";
/** Wishes that wait for the one before. */
const waiting = 20;

/** Breaks what is wished and puts it right again; one at a time. */
export function createBreaker(needs: BreakNeeds) {
  const serial = createSerial(waiting);
  let faults: Fault[] = [];
  let releaseStore: (() => void) | undefined;
  let lines = "";
  /** Were sent a bad configuration, and would try it again some time. */
  const misled = new Set<string>();

  const keysOf = (what: Fault["what"]): string[] =>
    faults.filter((fault) => fault.what === what).map(({ target }) => target ?? "");

  function tell(): void {
    const { sites, devices } = linesCut(faults, needs.targets, needs.clock.now());
    lines = [...sites, ...devices].join();
    needs.setFaults({
      cutSites: sites,
      cutDevices: devices,
      unpowered: keysOf("pull-power"),
      jammed: keysOf("jam-radio"),
    });
  }
  /** Lines that are cut one after the other, or come and go. */
  const cancel = needs.clock.every(1_000, () => {
    const { sites, devices } = linesCut(faults, needs.targets, needs.clock.now());
    if ([...sites, ...devices].join() !== lines) tell();
  });

  async function begin({ what }: Fault): Promise<void> {
    if (what === "blind-controller") await needs.broker.pause();
    if (what === "take-store") releaseStore = lockStore(needs.storeFile);
  }
  async function end({ what }: Fault): Promise<void> {
    if (what === "blind-controller") await needs.broker.resume();
    if (what !== "take-store") return;
    releaseStore?.();
    releaseStore = undefined;
  }
  async function once({ what, target }: Omit<Fault, "since">): Promise<void> {
    const device = needs.targets.find(({ key }) => key === target)?.id ?? "";
    if (what === "bad-configuration") {
      await pushBad(needs.call, device);
      misled.add(device);
    }
    if (what === "foreign-signature") sendForeign(needs, device);
  }

  return {
    break: (wish: BreakWish): Promise<{ did: string; watch: string }> =>
      serial(async () => {
        const decision = decide(faults, wish, needs.targets, needs.clock.now());
        if (!decision.ok) {
          const { path, message } = decision;
          throw invalid(message, [{ path, message }]);
        }
        for (const fault of decision.ended) await end(fault);
        for (const fault of decision.begun) await begin(fault);
        if (decision.once) await once(decision.once);
        faults = decision.faults;
        if (wish.what === putRight) await leadBack(needs.call, misled);
        tell();
        needs.changed();
        return { did: decision.did, watch: decision.watch };
      }),
    view: (): DemoView["faults"] =>
      faultNames.map((what) => ({
        what,
        ...faultWords[what],
        on: faults
          .filter((fault) => fault.what === what)
          .map(({ target, since }) => ({ target: targetOf(needs.targets, target), since })),
      })),
    /** Before the controller stops: it could not write its last words. */
    async stop(): Promise<void> {
      cancel();
      for (const fault of faults) await end(fault);
      faults = [];
    },
  };
}
export type Breaker = ReturnType<typeof createBreaker>;

const targetOf = (targets: readonly Target[], key: string | null): { id: string; name: string } | null => {
  const found = targets.find((target) => target.key === key);
  return found ? { id: found.id, name: found.name } : null;
};

/** A configuration that is signed and valid, and cuts the device off: exactly what has to undo itself. */
async function pushBad(call: Call, device: string): Promise<void> {
  const message = "The demo: a controller address where nobody listens";
  await call("PUT", "/config", { select: { devices: [device] }, patch: { agent: { controller: nobody } }, message });
}

async function leadBack(call: Call, misled: Set<string>): Promise<void> {
  if (misled.size === 0) return;
  const message = "The demo: put right";
  await call("PUT", "/config", { select: { devices: [...misled] }, patch: { agent: { controller: null } }, message });
  misled.clear();
}

/** As somebody would who has taken the broker, but not the keys. */
function sendForeign({ broker, clock }: BreakNeeds, device: string): void {
  const stranger = generateKeyPairSync("ed25519").privateKey;
  const signer = createSigner({
    online: stranger,
    keys: { version: 1, content: [{ private: stranger, since: 1, until: null }] },
    clock,
  });
  const content = { revision: clock.now(), trialMs: 60_000, document: { agent: { intervalMs: 3_600_000 } } };
  const signed = signer.sign("config", device, content);
  if (!broker.send(device, "config/desired", JSON.stringify(signed)))
    throw invalid("this device is not connected now", [{ path: "device", message: "a device that is online" }]);
}
