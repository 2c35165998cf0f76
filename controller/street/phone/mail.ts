import { once } from "node:events";
import PostalMime from "postal-mime";
import { SMTPServer } from "smtp-server";
import { type Inbox, phoneLimits } from "./messages.ts";

/** Takes mail on loopback and keeps it: nothing is passed on. @returns its port, and what ends it */
export async function openMail(inbox: Inbox, port: number): Promise<{ port: number; stop(): Promise<void> }> {
  const server = new SMTPServer({
    name: "phone.demo.invalid",
    disabledCommands: ["AUTH", "STARTTLS"],
    disableReverseLookup: true,
    size: phoneLimits.messageBytes,
    maxClients: phoneLimits.connections,
    onData(stream, session, done) {
      const parts: Buffer[] = [];
      let bytes = 0;
      stream.on("data", (part: Buffer) => {
        bytes += part.length;
        if (bytes <= phoneLimits.messageBytes) parts.push(part);
      });
      stream.on("error", done);
      stream.on("end", () => {
        if (bytes > phoneLimits.messageBytes)
          return done(new Error(`a message has at most ${phoneLimits.messageBytes} bytes`));
        const to = session.envelope.rcptTo.map(({ address }) => address).join(", ");
        keep(inbox, Buffer.concat(parts), to).then(() => done(), done);
      });
    },
  });
  // A client that hangs up in the middle is its own affair.
  server.on("error", () => {});
  const listener = server.listen(port, "127.0.0.1");
  await once(listener, "listening");
  const address = listener.address();
  return {
    port: typeof address === "object" && address ? address.port : 0,
    stop: () => new Promise((done) => server.close(() => done())),
  };
}

async function keep(inbox: Inbox, raw: Buffer, to: string): Promise<void> {
  const { subject = "", text = "", html = "" } = await PostalMime.parse(raw);
  inbox.put({ channel: "email", to, subject, text: text || html, raw: raw.toString("utf8"), signed: null });
}
