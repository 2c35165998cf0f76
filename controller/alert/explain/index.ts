import type { Clock } from "../../base/clock.ts";
import { notFound } from "../../base/errors.ts";
import type { Log } from "../../base/log.ts";
import type { Records } from "../../store/records/index.ts";
import type { SeriesStore } from "../../store/series/index.ts";
import type { Alerts } from "../alerts.ts";
import { incidentOfRow } from "../records.ts";
import type { Subject } from "../rules/compile.ts";
import type { Feed } from "../rules/feed.ts";
import type { Rulebook } from "../rules/rulebook.ts";
import type { DeviceSeen } from "../watch.ts";
import { explainHours, explainPresence } from "./device.ts";
import { type Around, suppressionsOf, timersOf, whyHeld } from "./incident.ts";
import { explainRule } from "./rule.ts";
import { explainLimits, samplesOf } from "./samples.ts";
import { explainTold, whoWasTold } from "./told.ts";

export interface ExplainNeeds {
  clock: Clock;
  log: Log;
  records: Records;
  series: Pick<SeriesStore, "query">;
  alerts: Pick<Alerts, "of" | "list" | "blindSince">;
  feed: Pick<Feed, "standingsOf" | "looks">;
  book: Pick<Rulebook, "all" | "of">;
  /** A device as rules see it, and as presence does. */
  device(id: string): { subject: Subject & { name: string }; seen: DeviceSeen; deadline: number | null } | undefined;
  /** What it is behind, in sentences. */
  behind(id: string): string[];
  site(id: string): { name: string; timeZone: string } | undefined;
  hoursOfSite(site: string): { open: boolean; changesAt: number | null };
}

const usualZone = "Europe/London";
const always = { open: true, changesAt: null };

/** Why somebody was or was not told. Reads; changes nothing. */
export function createExplain(needs: ExplainNeeds) {
  const { clock, log, alerts, feed, book } = needs;

  const aroundOf = (site: string | null, rule: string, members: readonly string[]): Around => ({
    now: clock.now(),
    timeZone: (site === null ? undefined : needs.site(site)?.timeZone) ?? usualZone,
    rule: book.of(rule)?.rule ?? null,
    hours: site === null ? always : needs.hoursOfSite(site),
    blindSince: alerts.blindSince(),
    standings: members.flatMap(feed.standingsOf),
  });

  async function rowOf(id: string) {
    const row = await needs.records.db.selectFrom("incident").selectAll().where("id", "=", id).executeTakeFirst();
    if (!row) throw notFound("incident", id);
    return incidentOfRow(row, new Map());
  }

  async function incident(id: string) {
    const view = await alerts.of(id);
    if (!view) throw notFound("incident", id);
    const row = await rowOf(id);
    const around = aroundOf(
      view.site,
      view.rule,
      view.members.map(({ device }) => device),
    );
    const { rule, now } = around;
    const samples = rule
      ? await samplesOf(needs.series, rule, view, now).catch((error: unknown) => {
          log.warn("an incident's values could not be read", { id, error });
          return null;
        })
      : null;
    const suppressions = suppressionsOf(view, row, around);
    const held = whyHeld(row, suppressions, around, view.rule);
    return {
      id,
      sentence: view.sentence,
      who: whoWasTold(view, held),
      samples,
      timers: timersOf(view, row, around),
      suppressions,
      told: view.told.map((one) => explainTold(one, around)),
    };
  }

  async function device(id: string, only: string | undefined) {
    const known = needs.device(id);
    if (!known) throw notFound("device", id);
    const { subject, seen, deadline } = known;
    const entries = book.all().filter(({ rule }) => only === undefined || rule.id === only);
    if (only !== undefined && entries.length === 0) throw notFound("alert rule", only);
    const around = aroundOf(seen.site, "", [id]);
    const site = seen.site === null ? null : { id: seen.site, ...around.hours };
    const name = seen.site === null ? null : (needs.site(seen.site)?.name ?? seen.site);
    const incidents = [];
    for (const view of await alerts.list({ device: id, limit: explainLimits.incidents })) {
      const row = await rowOf(view.id);
      const own = { ...around, rule: book.of(view.rule)?.rule ?? null };
      const who = whoWasTold(view, whyHeld(row, suppressionsOf(view, row, own), own, view.rule));
      const { rule, state, since, resolvedAt, sentence } = view;
      incidents.push({ id: view.id, rule, state, since, resolvedAt, sentence, who });
    }
    return {
      device: id,
      name: subject.name,
      presence: {
        ...{ state: seen.state, since: seen.since, lastSeenAt: seen.lastSeenAt, deadline },
        text: explainPresence(seen, deadline, { ...around, blind: around.blindSince !== null }),
      },
      site,
      hours: explainHours(name, around.hours, around),
      behind: needs.behind(id),
      rules: entries.flatMap(({ rule }) => explainRule(rule, subject, feed.looks(rule, id), around)),
      incidents,
    };
  }

  return { incident, device };
}
export type Explain = ReturnType<typeof createExplain>;
