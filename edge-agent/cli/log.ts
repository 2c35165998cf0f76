import type { Time } from "../host/index.ts";
import type { Log } from "../log.ts";

/** Control characters would let a device's or a server's text forge lines. */
const oneLine = (text: string): string => text.replace(/\p{Cc}/gu, " ").slice(0, 2000);

/** One human line each: time, level, text. */
export function createLog(time: Time, write: (line: string) => void): Log {
  const line = (level: string) => (text: string) =>
    write(`${new Date(time.now()).toISOString()} ${level} ${oneLine(text)}\n`);
  return { info: line("info "), warn: line("warn "), error: line("error") };
}
