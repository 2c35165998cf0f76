import { execFile } from "node:child_process";
import { connect } from "node:net";
import type { HostAddress } from "../../base/address.ts";
import type { Address, Reach } from "../../base/outbound.ts";
import { alertBounds } from "../limits.ts";

/** Whether a host answers; null: it could not be asked (no such name, not allowed, no `ping` here), which says nothing
 *  of it. */
export type Ask = (target: HostAddress) => Promise<boolean | null>;

/** @param ping the program; it answers nothing where it is missing */
export const createAsk =
  (reach: Reach, ping = "ping"): Ask =>
  async ({ host, port }) => {
    let at: Address;
    try {
      at = await reach.resolve(host);
    } catch {
      return null;
    }
    return port === null ? await pinged(ping, at.address) : await connects(at.address, port, reach);
  };

/** Who refuses is there. */
const thereAlthough = new Set(["ECONNREFUSED", "ECONNRESET"]);

function connects(host: string, port: number, { clock }: Reach): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const done = (answers: boolean): void => {
      cancel();
      socket.destroy();
      resolve(answers);
    };
    const cancel = clock.after(alertBounds.probeTimeoutMs, () => done(false));
    socket.once("connect", () => done(true));
    socket.on("error", ({ code }: { code?: string }) => done(thereAlthough.has(code ?? "")));
  });
}

/** iputils and busybox: 0 answered, 1 silent, anything else: it could not ask. */
function pinged(program: string, address: string): Promise<boolean | null> {
  const seconds = Math.ceil(alertBounds.probeTimeoutMs / 1_000);
  const args = ["-n", "-c", "1", "-W", String(seconds), address];
  const options = { timeout: alertBounds.probeTimeoutMs + 1_000, maxBuffer: 16_384 };
  return new Promise((resolve) => {
    execFile(program, args, options, (error) => {
      if (error === null) return resolve(true);
      resolve(error.code === 1 || error.killed ? false : null);
    });
  });
}
