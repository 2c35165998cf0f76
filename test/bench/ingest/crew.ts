import { fork } from "node:child_process";
import { createServer, type Server } from "node:net";
import type { Cleanup } from "../../system/harness.ts";
import type { Ask, Said } from "./publisher.ts";

/** A process of devices to talk to. */
export function startCrew(cleanup: Cleanup) {
  const child = fork(process.argv[1] as string, ["publisher"], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  cleanup.add(() => child.kill("SIGKILL"));
  return {
    ask(ask: Ask): Promise<Said> {
      return new Promise((resolve, reject) => {
        child.once("message", (answer: { said: Said } | { error: string }) =>
          "said" in answer ? resolve(answer.said) : reject(new Error(answer.error)),
        );
        child.send(ask);
      });
    },
    end: (): void => void child.kill("SIGKILL"),
  };
}
export type Crew = ReturnType<typeof startCrew>;

/** Takes bytes and throws them away. */
export async function startSink(cleanup: Cleanup): Promise<number> {
  const sockets = new Set<{ destroy(): void }>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.resume();
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  cleanup.add(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as { port: number }).port;
}
