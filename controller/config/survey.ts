import { type Change, type ConfigDocument, differences } from "../../firmware-configs/index.ts";
import type { Clock } from "../base/clock.ts";
import { Problem } from "../base/errors.ts";
import { rowsAtOnce, turn } from "../base/turn.ts";
import type { Composer, Made } from "./composer.ts";
import type { ConfigState } from "./decide.ts";
import { configLimits } from "./limits.ts";
import type { Known } from "./push.ts";
import type { ConfigRecords } from "./records.ts";
import { ownLayer, type Shelf } from "./shelf.ts";
import { type Body, emptyBody } from "./source.ts";
import type { Sources } from "./sources.ts";

/** One device whose document would be another, or is sent once more. */
export interface Planned {
  device: Known;
  made: Made;
  /** What it says itself. */
  own: Body;
  from: ConfigDocument;
  changes: Change[];
}

export interface SurveyNeeds {
  clock: Clock;
  devices(): readonly Known[];
  device(id: string): Known | undefined;
  records: Pick<ConfigRecords, "documents">;
  sources: Pick<Sources, "ofDevices">;
  stateOf(device: string): ConfigState;
  composer(): Composer;
}

export interface Question {
  before: Shelf;
  after: Shelf;
  /** What devices would say themselves. */
  own: ReadonlyMap<string, Body>;
  /** Looked at even if nothing about them is other than before. */
  also?: ReadonlySet<string>;
  /** Sent even where nothing changes. */
  again?(device: Known): boolean;
  planned(one: Planned): void;
}

export interface Found {
  /** Devices about which something was said that is other than before. */
  looked: Known[];
  /** What would be wrong that was not wrong before, with one of the devices that have it. */
  problems: { path: string; message: string; devices: number; example: string }[];
}

const chunk = 100;
/** Longest time without a turn for others. */
const sliceMs = 5;

/** What a change does to each device. Everybody else has their turn meanwhile; it takes only so long. */
export function createSurvey(needs: SurveyNeeds) {
  const { clock } = needs;

  /** Call before each device; wait where it says so. */
  function createPauses() {
    const began = clock.monotonic();
    let [last, since] = [began, 0];
    return {
      isDue(): boolean {
        const now = clock.monotonic();
        if (now - began > configLimits.surveyMs)
          throw new Problem("unprocessable", "too-much", "this takes too long to work out: change less at once");
        since += 1;
        return now - last >= sliceMs || since >= rowsAtOnce;
      },
      async wait(): Promise<void> {
        await turn();
        [last, since] = [clock.monotonic(), 0];
      },
    };
  }
  type Pauses = ReturnType<typeof createPauses>;

  async function candidates({ before, after, own, also }: Question, pauses: Pauses) {
    const named = new Set([...own.keys(), ...(also ?? [])]);
    if (before === after) return [...named].flatMap((id) => needs.device(id) ?? []);
    const found: Known[] = [];
    for (const device of needs.devices()) {
      if (pauses.isDue()) await pauses.wait();
      if (named.has(device.id)) found.push(device);
      else {
        const [was, is] = [before.layersOf(device, []), after.layersOf(device, [])];
        if (was.length !== is.length || was.some((one, i) => one !== is[i])) found.push(device);
      }
    }
    return found;
  }

  return async (question: Question): Promise<Found> => {
    const { before, after, own, again } = question;
    const pauses = createPauses();
    const looked = await candidates(question, pauses);
    const [now, then] = [needs.composer(), needs.composer()];
    const problems = new Map<string, Found["problems"][number]>();
    let withProblems = 0;
    for (let i = 0; i < looked.length && withProblems < configLimits.problemDevices; i += chunk) {
      const some = looked.slice(i, i + chunk);
      const ids = some.map(({ id }) => id);
      const owns = await needs.sources.ofDevices(ids);
      const documents = await needs.records.documents(
        new Map(ids.map((id) => [id, needs.stateOf(id).wanted?.revision ?? 0])),
      );
      for (const device of some) {
        if (pauses.isDue()) await pauses.wait();
        const saidNow = owns.get(device.id) ?? emptyBody;
        const says = own.get(device.id) ?? saidNow;
        const made = now(device, after.layersOf(device, says.without), ownLayer(device, says));
        if (made.problems.length > 0) {
          const was = then(device, before.layersOf(device, saidNow.without), ownLayer(device, saidNow));
          withProblems += note(problems, device, made, was) ? 1 : 0;
          continue;
        }
        const from = documents.get(device.id) ?? {};
        const changes = differences(from, made.shown);
        if (changes.length > 0 || isReadByOther(made, needs.stateOf(device.id)) || again?.(device))
          question.planned({ device, made, own: says, from, changes });
      }
    }
    return { looked, problems: [...problems.values()] };
  };
}
export type Survey = ReturnType<typeof createSurvey>;

/** The same document makes other files: another profile came to the device. */
const isReadByOther = ({ rendered }: Made, { wanted }: ConfigState): boolean =>
  wanted !== null && (wanted.rendered ?? null) !== rendered.by;

/** Counts what is wrong now and was not before. @returns whether anything is */
function note(problems: Map<string, Found["problems"][number]>, device: Known, made: Made, was: Made): boolean {
  const before = new Set(was.problems.map(({ path, message }) => `${path} ${message}`));
  let anything = false;
  for (const { path, message } of made.problems) {
    const key = `${path} ${message}`;
    if (before.has(key)) continue;
    anything = true;
    const known = problems.get(key);
    problems.set(key, { path, message, devices: (known?.devices ?? 0) + 1, example: known?.example ?? device.id });
  }
  return anything;
}
