import type { Delivered, Enrolled, Welcome } from "#wire";
import { reason } from "../log.ts";
import type { IdentityFile } from "../trust/index.ts";
import { createCredentials } from "./credentials.ts";
import { createInbox } from "./inbox.ts";
import { nowOf, type Parts, selfOf } from "./parts.ts";
import { birth, will } from "./presence.ts";
import { openSession } from "./session.ts";
import { createSupervisor } from "./supervisor.ts";
import { learnt, noticeStep, tellSkew } from "./time.ts";

/** The floor is about years, not minutes: flash is spared. */
const floorStepMs = 3_600_000;

/** Ties the parts to one connection after another. */
export function supervise(parts: Parts) {
  const { needs, clock, sender } = parts;
  const { host, log, identity } = needs;
  const save = (part: Parameters<IdentityFile["change"]>[0]): void => {
    identity.change(part).catch((error) => log.error(`identity: ${reason(error)}`));
  };
  const newInbox = () =>
    createInbox({
      log,
      trusted: () => {
        const { enrolled, floor } = identity.get();
        return { device: enrolled?.device ?? "", keySet: enrolled?.keySet ?? { version: 0, keys: [] }, floor };
      },
      time: () => ({ now: clock.believed(), synced: clock.state() === "synced" }),
      delivered: (message) => delivered(parts, message),
      welcome: (body) => welcome(parts, body),
      keys(keySet, floor) {
        const { enrolled } = identity.get();
        if (enrolled) save({ enrolled: { ...enrolled, keySet }, floor });
      },
      config: needs.configuration.desired,
      confirm: needs.configuration.confirm,
      configRefused: needs.configuration.refused,
      floor(floor) {
        if (floor - identity.get().floor >= floorStepMs) save({ floor });
      },
    });
  return createSupervisor({
    host,
    log,
    credentials: atAddress(parts),
    open({ device, mqtt }, signal) {
      parts.session++;
      parts.useful = false;
      return openSession({
        time: host.time,
        dial: { ...needs.dial, signal: AbortSignal.any([needs.dial.signal, signal]) },
        url: mqtt.url,
        device,
        password: mqtt.password,
        will: parts.exit.text("presence", will(selfOf(parts))),
        received: newInbox(),
      });
    },
    opened(session) {
      noticeStep(parts);
      const now = nowOf(parts);
      parts.told = { boots: now.unfinished.map((u) => u.boot), afterSeq: now.seq };
      session.publish("presence", parts.exit.text("presence", birth(selfOf(parts), now)), true);
      parts.pulse.start();
      sender.opened(session);
      needs.configuration.opened(parts.session);
    },
    failed: needs.configuration.failed,
    closed(how) {
      parts.pulse.stop();
      sender.closed(how.by === "server");
      return parts.useful;
    },
  });
}

/** The device's name and password, for the address that holds now. */
function atAddress(parts: Parts) {
  const { identity, application, dial, log, configuration, anotherDevice } = parts.needs;
  const known = createCredentials({
    identity,
    dial,
    log,
    anotherDevice,
    application: () => ({ ...application, controllerUrl: webOf(parts.address) ?? application.controllerUrl }),
  });
  return {
    async get(): Promise<Enrolled | undefined> {
      const enrolled = await known.get();
      const { address } = parts;
      return enrolled && address ? { ...enrolled, mqtt: { ...enrolled.mqtt, url: address } } : enrolled;
    },
    refused(): void {
      // Whoever answers at an address that is only being tried says nothing about a password that works elsewhere.
      if (!configuration.isTrying()) known.refused();
    },
  };
}

/** `wss://host/mqtt` → `https://host`: the controller has both at one address. */
export const webOf = (address: string | undefined): string | undefined =>
  address === undefined ? undefined : new URL(address.replace(/^ws/, "http")).origin;

function delivered(parts: Parts, { ranges }: Delivered): void {
  parts.useful = true;
  for (const { boot, from, to } of ranges) {
    const gone = parts.spool.delivered(boot, from, to);
    if (gone.length > 0) parts.sender.gone(gone);
    // What was made after the birth is durable: then so is what the birth said. A welcome says less.
    if (boot === parts.boot && to > parts.told.afterSeq) parts.spool.told(parts.told.boots);
  }
}

function welcome(parts: Parts, body: Welcome): void {
  // One that was held up on an earlier connection says nothing about this one.
  if (body.session !== parts.session) return;
  parts.useful = true;
  if (parts.clock.learn(body.now)) learnt(parts, "the controller");
  parts.controllerTime = { now: body.now, monotonic: parts.needs.host.time.monotonic() };
  tellSkew(parts);
}
