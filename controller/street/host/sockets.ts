import { Socket } from "node:net";
import type { Sockets, Time } from "../../../edge-agent/index.ts";
import { roundTripMs } from "../rhythm/line.ts";
import type { Around, StreetDevice } from "./device.ts";

/** The controller, as it can be reached from this machine. Without: a past in which it answered. */
export interface Beyond {
  host: string;
  port: number;
  sockets: Sockets;
}

const unreachable = (where: string): Error =>
  Object.assign(new Error(`connect EHOSTUNREACH ${where}`), { code: "EHOSTUNREACH" });

const noLine = unreachable("controller");

/** Everything that a device says goes through its site's line: real sockets to the real controller, and beyond it a
 *  world that answers by the rhythm of the line. Nothing leaves this computer. */
export function createSockets(needs: { device: StreetDevice; around: Around; time: Time; beyond: Beyond | null }) {
  const { device, around, time, beyond } = needs;
  const opened = new Set<Socket>();
  const isController = (host: string, port: number): boolean => host === beyond?.host && port === beyond.port;

  /** One answer over the line, or a sentence in the time that is given. */
  async function travel(what: string, trips: number, timeoutMs: number): Promise<void> {
    const at = time.now();
    const ms = around.lineUp() ? roundTripMs(device.seed, device.site, at, `${device.key} ${what}`) : null;
    await new Promise<void>((done) => time.after(Math.min(timeoutMs, ms === null ? timeoutMs : ms * trips), done));
    if (ms === null) throw new Error(`${what}: no answer in ${timeoutMs} ms`);
  }

  const sockets: Sockets = {
    async resolve(name, _resolver, timeoutMs) {
      await travel(`dns ${name}`, 1, timeoutMs);
      return ["192.0.2.80"];
    },
    async connect(host, port, timeoutMs) {
      await travel(`tcp ${host}:${port}`, 1, timeoutMs);
      if (beyond && isController(host, port)) await beyond.sockets.connect(host, port, timeoutMs);
    },
    async get(url, timeoutMs) {
      await travel(`GET ${url}`, 2, timeoutMs);
      const { hostname, port, protocol } = new URL(url);
      const to = Number(port) || (protocol === "https:" ? 443 : 80);
      return beyond && isController(hostname, to)
        ? beyond.sockets.get(url, timeoutMs)
        : { status: 200, body: "Demo Town WiFi" };
    },
    open(host, port) {
      // A past has no line. One error for all of its tries: there are thousands, and a stack costs more than the try.
      if (!beyond) return new Socket().destroy(noLine);
      if (!around.lineUp() || !stays(host)) return new Socket().destroy(unreachable(`${host}:${port}`));
      const socket = beyond.sockets.open(host, port);
      opened.add(socket);
      socket.once("close", () => opened.delete(socket));
      return socket;
    },
  };
  /** A configuration may name any controller; this street has the one, and this computer. */
  const stays = (host: string): boolean => host === beyond?.host || host === "localhost" || host.startsWith("127.");

  return {
    sockets,
    /** The line is gone, and with it whatever ran over it. */
    cut(): void {
      for (const socket of opened) socket.destroy(unreachable("controller"));
    },
  };
}
