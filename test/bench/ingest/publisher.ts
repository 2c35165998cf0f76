import { createPlayer, type Player, type Taken, type Target } from "./player.ts";
import { deviceOf } from "./points.ts";

/** What a publisher process is asked, over IPC. */
export type Ask =
  | { do: "join"; first: number; count: number; password: string; target: Target; firstAt: number }
  | { do: "full"; points: number; batches: number }
  | { do: "paced"; points: number; messagesPerSecond: number }
  | { do: "take" }
  | { do: "stop" }
  | { do: "leave" };

export interface Said extends Omit<Taken, "waitsMs"> {
  p50: number;
  p99: number;
  /** Of this process, since the last answer. */
  cpuMs: number;
}

const atOnce = 50;
const tickMs = 10;

/** A process of devices: they don't share a thread with what is measured. */
export function runPublisher(): void {
  let players: Player[] = [];
  let pace: NodeJS.Timeout | null = null;
  let cpu = process.cpuUsage();

  async function join(ask: Extract<Ask, { do: "join" }>): Promise<void> {
    for (let n = 0; n < ask.count; n += atOnce) {
      const some = Array.from({ length: Math.min(atOnce, ask.count - n) }, (_, i) => deviceOf(ask.first + n + i));
      players.push(...(await Promise.all(some.map((device) => createPlayer({ ...ask, device })))));
    }
  }

  function paced(points: number, messagesPerSecond: number): void {
    const began = performance.now();
    let sent = 0;
    pace = setInterval(() => {
      const due = Math.floor(((performance.now() - began) / 1_000) * messagesPerSecond);
      for (; sent < due; sent++) players[sent % players.length]?.once(points);
    }, tickMs);
  }

  function stop(): void {
    if (pace) clearInterval(pace);
    pace = null;
    for (const player of players) player.stop();
  }

  function take(): Said {
    const all = players.map((player) => player.take());
    const waits = all.flatMap((one) => one.waitsMs).sort((a, b) => a - b);
    const at = (share: number): number => Math.round(waits[Math.floor(share * (waits.length - 1))] ?? 0);
    const used = process.cpuUsage(cpu);
    cpu = process.cpuUsage();
    return {
      messages: all.reduce((n, one) => n + one.messages, 0),
      points: all.reduce((n, one) => n + one.points, 0),
      p50: at(0.5),
      p99: at(0.99),
      cpuMs: (used.user + used.system) / 1_000,
    };
  }

  async function answer(ask: Ask): Promise<Said> {
    if (ask.do === "join") await join(ask);
    else if (ask.do === "full") for (const player of players) player.start(ask);
    else if (ask.do === "paced") paced(ask.points, ask.messagesPerSecond);
    else if (ask.do !== "take") {
      stop();
      if (ask.do === "leave") {
        for (const player of players) player.end();
        players = [];
      }
    }
    return take();
  }

  process.on("message", (ask: Ask) => {
    answer(ask).then(
      (said) => process.send?.({ said }),
      (error: unknown) => process.send?.({ error: String(error) }),
    );
  });
  process.on("disconnect", () => process.exit(0));
}
