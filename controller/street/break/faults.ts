import type { DemoView } from "../../http/index.ts";

type Words = Omit<DemoView["faults"][number], "what" | "on">;

/** What can be broken, in the order of the page. `undo` null: it mends itself. */
export const faultWords = {
  "cut-uplink": {
    title: "Cut a site's uplink",
    does: "Every connection of the site ends and none comes through, as when a digger meets the cable. Devices go on measuring.",
    verb: "Cut the uplink",
    undo: "Mend the uplink",
    watch:
      "Within a minute the site is offline: one message, not one a device. Mended, the buffered values fill the gap.",
    targets: "site",
  },
  "fray-uplink": {
    title: "Let a site's devices drop off one by one",
    does: "One device after the other loses its line, two seconds apart; each time in another order.",
    verb: "Let them drop off",
    undo: "Mend their lines",
    watch: "Whoever is found out first: one message for the site, and one when it is over.",
    targets: "site",
  },
  "flap-uplink": {
    title: "Let a site's line come and go",
    does: "The line is gone for a minute and there for a minute, again and again.",
    verb: "Let it come and go",
    undo: "Mend it",
    watch: "After the second end one message says that it comes and goes; the next comes when it has calmed down.",
    targets: "site",
  },
  "pull-power": {
    title: "Pull one access point's power",
    does: "The device is off in the middle of what it does. What it had not written down is lost, at most 5 seconds.",
    verb: "Pull the power",
    undo: "Give it power again",
    watch: "Within a minute this one device is offline, and its neighbours are named as fine.",
    targets: "device",
  },
  "jam-radio": {
    title: "Make a radio noisy",
    does: "Something strong transmits beside this access point, on both bands.",
    verb: "Make it noisy",
    undo: "Silence it",
    watch: "Noise and channel utilisation rise on the device's page with its next values, within 10 seconds.",
    targets: "device",
  },
  "bad-configuration": {
    title: "Push a bad configuration",
    does: "Sends a signed configuration with a controller address at which nobody listens.",
    verb: "Push it",
    undo: null,
    watch: "The device tries it, reaches nobody, and goes back by itself after a minute. Nothing measured is lost.",
    targets: "device",
  },
  "foreign-signature": {
    title: "Send a configuration signed by another key",
    does: "Sends what somebody could send who took over the broker: a configuration with a signature of their own.",
    verb: "Send it",
    undo: null,
    watch: "The device refuses it at once and goes on as it was; it says so on its page.",
    targets: "device",
  },
  "blind-controller": {
    title: "Blind the controller",
    does: "Closes the controller's doors for devices. The devices are well; nobody hears them.",
    verb: "Blind it",
    undo: "Let it see again",
    watch: "Within a minute the controller says that it cannot see, and accuses no device.",
    targets: "none",
  },
  "take-store": {
    title: "Take the store away",
    does: "Something else locks the store's file: nothing can be written.",
    verb: "Take it away",
    undo: "Give it back",
    watch: 'Within seconds "cannot store" is said. Devices keep what they measure, and deliver it afterwards.',
    targets: "none",
  },
} as const satisfies Record<string, Words>;
export type FaultName = keyof typeof faultWords;
export const faultNames = Object.keys(faultWords) as FaultName[];
export const putRight = "put-right";

export interface Fault {
  what: FaultName;
  /** Key of a site or a device in the town; null: the controller itself. */
  target: string | null;
  since: number;
}

export interface Target {
  key: string;
  id: string;
  name: string;
  kind: "site" | "access-point" | "sensor";
  /** Key of a device's site. */
  site?: string;
}

export interface Wish {
  what: string;
  undo?: boolean | undefined;
  site?: string | undefined;
  device?: string | undefined;
}

export type Decision =
  /** `ended` and `begun`: what has to be done, in this order. */
  | {
      ok: true;
      faults: Fault[];
      ended: Fault[];
      begun: Fault[];
      once: Omit<Fault, "since"> | null;
      did: string;
      watch: string;
    }
  | { ok: false; path: string; message: string };

const defaults: Partial<Record<FaultName, string>> = {
  "cut-uplink": "grays",
  "fray-uplink": "lakeside",
  "flap-uplink": "chadwell",
  "pull-power": "ap-05",
  "jam-radio": "ap-01",
  "bad-configuration": "ap-07",
  "foreign-signature": "ap-08",
};

/** (faults that are on, what is wished, now) → what is on then, and what has to be done. Pure. */
export function decide(faults: readonly Fault[], wish: Wish, targets: readonly Target[], now: number): Decision {
  if (wish.what === putRight)
    return {
      ok: true,
      faults: [],
      ended: [...faults],
      begun: [],
      once: null,
      did: faults.length === 0 ? "Nothing was broken." : "Everything is put right.",
      watch: "Devices come back within a minute and bring what they kept.",
    };
  const what = faultNames.find((name) => name === wish.what);
  if (!what)
    return { ok: false, path: "what", message: `"${wish.what}" is none of ${[...faultNames, putRight].join(", ")}` };
  const found = findTarget(what, wish, targets);
  if (typeof found === "string") return { ok: false, path: faultWords[what].targets, message: found };
  const { title, watch, undo } = faultWords[what];
  const where = found ? `: ${found.name}` : "";
  const target = found?.key ?? null;
  const same = (fault: Fault): boolean => fault.what === what && fault.target === target;
  const rest = faults.filter((fault) => !same(fault));
  const ended = faults.filter(same);
  if (undo === null)
    return wish.undo
      ? { ok: false, path: "undo", message: `${what} mends itself` }
      : {
          ok: true,
          faults: [...faults],
          ended: [],
          begun: [],
          once: { what, target },
          did: `${title}${where}.`,
          watch,
        };
  if (wish.undo)
    return {
      ok: true,
      faults: rest,
      ended,
      begun: [],
      once: null,
      did: `${undo}${where}.`,
      watch: "It is well again.",
    };
  if (ended.length > 0)
    return {
      ok: true,
      faults: [...faults],
      ended: [],
      begun: [],
      once: null,
      did: `${title}${where}: it is so already.`,
      watch,
    };
  const begun = { what, target, since: now };
  return { ok: true, faults: [...rest, begun], ended: [], begun: [begun], once: null, did: `${title}${where}.`, watch };
}

/** The site or device that is meant, null where none is needed, or a sentence. */
function findTarget(what: FaultName, wish: Wish, targets: readonly Target[]): Target | null | string {
  const { targets: needed } = faultWords[what];
  if (needed === "none") return null;
  // A sensor has no radio, and its power is nobody's party trick.
  const allowed = targets.filter(({ kind }) => (needed === "site" ? kind === "site" : kind === "access-point"));
  const asked = (needed === "site" ? wish.site : wish.device) ?? defaults[what] ?? "";
  const word = asked.toLowerCase();
  const found = allowed.find(({ key, id, name }) => key === word || id === asked || name.toLowerCase() === word);
  return found ?? `"${asked}" is none of ${allowed.map(({ name }) => `"${name}"`).join(", ")}`;
}
