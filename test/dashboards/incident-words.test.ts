import { expect, it } from "vitest";
import { noticeSentence, toldSentence } from "../../dashboards/web/src/incident-words.ts";

const told = (kind: string, outcome: string, over: object = {}) => ({
  name: "Duty mail",
  kind,
  outcome,
  attempts: 0,
  answer: null,
  ...over,
});

it.each([
  [told("opened", "sent", { answer: "250 OK" }), true, "Duty mail was told the beginning (250 OK)."],
  [told("updated", "merged"), true, "Duty mail was told how it grew together with a later notice."],
  [told("opened", "waiting"), true, "Duty mail is about to be told the beginning."],
  [
    told("opened", "waiting", { attempts: 2, answer: "no answer within 10 s" }),
    false,
    "Duty mail could not be told the beginning yet (no answer within 10 s). It is tried again.",
  ],
  [
    told("resolved", "dead", { answer: "404" }),
    false,
    "Duty mail could not be told the end (404). It is not tried again.",
  ],
  [told("opened", "sent", { name: null }), true, "A channel that was removed since was told the beginning."],
])("a notice %#", (one, good, text) => expect(noticeSentence(one)).toEqual({ good, text }));

it.each([
  [[], true, "Nobody was told."],
  [[told("opened", "sent"), told("resolved", "waiting")], true, "Told: Duty mail."],
  [
    [told("opened", "sent"), told("opened", "dead", { name: "Hook" })],
    false,
    "Told: Duty mail. Could not be told: Hook.",
  ],
  [[told("opened", "waiting")], true, "About to be told: Duty mail."],
])("who was told %#", (list, good, text) => expect(toldSentence(list)).toEqual({ good, text }));
