import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";
import { later } from "../../undo.ts";

/** A mail server on loopback; `got` has each mail as it came. */
export async function mailServer(onRcptTo?: (address: string) => Error | null) {
  const got: string[] = [];
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    disableReverseLookup: true,
    onRcptTo: ({ address }, _session, done) => done(onRcptTo?.(address) ?? null),
    onData(stream, _session, done) {
      const parts: Buffer[] = [];
      stream.on("data", (part: Buffer) => parts.push(part));
      stream.on("end", () => {
        got.push(Buffer.concat(parts).toString());
        done();
      });
    },
  });
  smtp.listen(0, "127.0.0.1");
  await once(smtp.server, "listening");
  later(() => new Promise<void>((done) => smtp.close(() => done())));
  return { port: (smtp.server.address() as AddressInfo).port, got };
}
