import { type Delivered, decode, type KeySet, type Purpose, parseTopic, type Welcome } from "#wire";
import type { Log } from "../log.ts";
import { type BelievedTime, type BodyOf, refusalSentence, type Trusted, verifySigned } from "../trust/index.ts";

/** Refusals in the log per session: whoever can write to our topics must not fill the flash with lines. */
const mostLines = 20;

export interface InboxNeeds {
  log: Log;
  trusted: () => Trusted;
  time: () => BelievedTime;
  delivered: (message: Delivered) => void;
  welcome: (body: Welcome) => void;
  keys: (set: KeySet, floor: number) => void;
  /** @param text the exact text that was signed */
  config: (body: BodyOf<"config">, text: string) => void;
  confirm: (body: BodyOf<"confirm">) => void;
  /** A configuration that is not to be believed, and why. */
  configRefused: (why: string) => void;
  /** Something signed raised it. */
  floor: (floor: number) => void;
}

const signedPurpose: Partial<Record<string, Purpose>> = {
  welcome: "welcome",
  keys: "keys",
  "config/desired": "config",
  "config/confirm": "confirm",
  "command/<id>": "command",
  "firmware/desired": "firmware",
};

/** What comes down: hostile until decoded, and without effect until verified. */
export function createInbox(needs: InboxNeeds) {
  const { log, trusted } = needs;
  let lines = 0;
  const warn = (line: string): void => {
    if (lines++ < mostLines) log.warn(line);
  };

  function signed(purpose: Purpose, payload: Uint8Array): void {
    const verdict = verifySigned(purpose, payload, trusted(), needs.time());
    if (!verdict.ok) {
      warn(`link: ${purpose} refused: ${verdict.why}${verdict.detail && ` (${verdict.detail})`}`);
      if (purpose === "config") needs.configRefused(refusalSentence(verdict));
      return;
    }
    const { body, floor } = verdict;
    if (body.purpose !== "keys" && floor > trusted().floor) needs.floor(floor);
    if (body.purpose === "keys") needs.keys(body.keySet, floor);
    else if (body.purpose === "welcome") needs.welcome(body);
    else if (body.purpose === "config") needs.config(body, verdict.text);
    else if (body.purpose === "confirm") needs.confirm(body);
    else warn(`link: ${purpose} came; this agent can't act on it yet`);
  }

  function acknowledged(payload: Uint8Array): void {
    const decoded = decode("delivered", payload);
    if (decoded.ok) needs.delivered(decoded.message);
    else warn(`link: delivered refused: ${decoded.problem}`);
  }

  return (topic: string, payload: Uint8Array): void => {
    const parsed = parseTopic(topic);
    const purpose = parsed && signedPurpose[parsed.suffix];
    if (parsed?.device !== trusted().device) warn("link: a message on a topic that is not ours");
    else if (purpose) signed(purpose, payload);
    else if (parsed.suffix === "delivered") acknowledged(payload);
    else warn(`link: ${parsed.suffix} came down`);
  };
}
