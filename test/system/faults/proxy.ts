import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** How a line can be. `up-only`: what the caller sends arrives, no answer comes back; `half-open`: the far end is gone and
 *  the caller is not told; `slow`: 20 kB/s; `stall`: open, and nothing moves. */
export type Way = "open" | "cut" | "stall" | "up-only" | "down-only" | "half-open" | "slow";

const slowBytesPerSecond = 20_000;

/** A TCP line on loopback that can be spoilt. Bytes that a spoilt line holds up arrive when it is open again, as with TCP's
 *  own repeats; what is cut or half open is gone. */
export async function startProxy(target: () => number) {
  let way: Way = "open";
  const pairs = new Set<{ near: Socket; far: Socket; spoil: () => void }>();
  const passes = (up: boolean): boolean =>
    way === "open" || way === "slow" || (up ? way === "up-only" : way === "down-only");

  function pipe(from: Socket, to: Socket, up: boolean): () => void {
    let slowed: NodeJS.Timeout | undefined;
    const flow = (): void => {
      if (!passes(up)) from.pause();
      else if (slowed === undefined) from.resume();
    };
    from.on("data", (data: Buffer) => {
      if (!to.write(data)) {
        from.pause();
        to.once("drain", flow);
      }
      if (way !== "slow") return;
      from.pause();
      slowed = setTimeout(
        () => {
          slowed = undefined;
          flow();
        },
        (data.length / slowBytesPerSecond) * 1_000,
      );
    });
    from.on("close", () => {
      clearTimeout(slowed);
      if (way !== "half-open") to.destroy();
    });
    from.on("error", () => {});
    from.on("end", () => to.end());
    flow();
    return flow;
  }

  const server = createServer({ allowHalfOpen: true }, (near) => {
    if (way === "cut") {
      near.destroy();
      return;
    }
    const far = connect({ host: "127.0.0.1", port: target(), allowHalfOpen: true });
    far.once("error", () => near.destroy());
    const flows = [pipe(near, far, true), pipe(far, near, false)];
    const pair = {
      near,
      far,
      spoil: () => {
        for (const flow of flows) flow();
      },
    };
    pairs.add(pair);
    near.once("close", () => {
      pairs.delete(pair);
      far.destroy();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  return {
    port: (server.address() as AddressInfo).port,
    set(next: Way): void {
      const before = way;
      way = next;
      for (const { near, far, spoil } of [...pairs]) {
        if (next === "cut" || before === "half-open") near.destroy();
        else if (next === "half-open") far.destroy();
        else spoil();
      }
    },
    async stop(): Promise<void> {
      for (const { near } of pairs) near.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
export type Proxy = Awaited<ReturnType<typeof startProxy>>;
