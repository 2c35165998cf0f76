import { describe, expect, it } from "vitest";
import { eventSentence, linesOf } from "../../dashboards/web/src/event-words.ts";

it.each([
  ["opened", "", "Opened."],
  ["opened", "the disk is full", "Opened: the disk is full."],
  ["widened", "", "More devices are part of it."],
  ["worsened", "", "Worse than it was: its severity rose."],
  ["told", "updated", "Notices went out: it grew."],
  ["told", "opened", "Notices went out."],
  ["acknowledged", "jo, until 16:00", "Taken by jo, until 16:00."],
  ["given-back", "jo, from sam", "Given back by jo, from sam."],
  ["assigned", "sam, by jo", "Given to sam, by jo."],
  ["assigned", "nobody, by jo", "No longer anybody's in particular, by jo."],
  ["note", "jo: called the supplier", "Note by jo: called the supplier"],
  ["muted", "Silence by jo until 14:00: works", "Quiet: silence by jo until 14:00: works."],
  ["unmuted", "", "Quiet no longer."],
  ["ack-over", "jo had it for 4 h", "Nobody has it any more: jo had it for 4 h."],
  ["escalated", "step 2 of 3", "Nobody had taken it: the next were told: step 2 of 3."],
  ["flapping", "", "It comes and goes: held back until it calms down."],
  ["steady", "", "Calmed down: no longer coming and going."],
  ["folded", "", "Became part of its site's incident."],
  ["set-aside", "", "Set aside: the controller itself could not see."],
  [
    "explained",
    "the line was down 4 min",
    "Its devices were up all the time: what they kept has come in (the line was down 4 min).",
  ],
  ["ticket", "DEMO-1", "A ticket was opened: DEMO-1."],
  ["resolved", "", "Resolved."],
  ["closed", "", "Closed."],
])("%s %s", (kind, text, sentence) => expect(eventSentence({ kind, text })).toBe(sentence));

describe("what happened, in order", () => {
  const event = (id: number, at: number, kind: string, text = "") => ({ id, at, kind, text });
  const told = {
    ...{ channel: "channel_1", name: "Duty mail", kind: "opened", at: 20, outcome: "sent", attempts: 1 },
    ...{ answer: "250 OK", link: "https://tickets.example/1", reference: "DEMO-1" },
  };
  const events = [event(1, 10, "opened"), event(2, 20, "told", "opened"), event(3, 30, "acknowledged", "jo")];
  it("has each notice with its answer instead of the bare word that notices went out", () =>
    expect(linesOf(events, [told]).map(({ at, doer, text, link }) => ({ at, doer, text, link: link?.text }))).toEqual([
      { at: 10, doer: "it", text: "Opened.", link: undefined },
      { at: 20, doer: "notices", text: "Duty mail was told the beginning (250 OK).", link: "DEMO-1" },
      { at: 30, doer: "people", text: "Taken by jo.", link: undefined },
    ]));
  it("keeps that word where no notice is known any more", () =>
    expect(linesOf(events, []).map(({ text }) => text)).toEqual(["Opened.", "Notices went out.", "Taken by jo."]));
  it("says once that device after device became part of it", () => {
    const grown = [event(1, 0, "widened"), event(2, 1_000, "widened"), event(3, 200_000, "widened")];
    expect(linesOf(grown, []).map(({ at }) => at)).toEqual([0, 200_000]);
  });
  it("says what could not be told", () =>
    expect(linesOf([], [{ ...told, outcome: "dead", answer: "404" }])).toMatchObject([{ good: false }]));
});
