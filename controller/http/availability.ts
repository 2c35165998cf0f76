import { Hono } from "hono";
import { z } from "zod";
import { type Figures, lossCauses, type MonthReport } from "../alert/index.ts";
import { csv } from "../base/csv.ts";
import { notFound } from "../base/errors.ts";
import type { Env } from "./context.ts";
import { describe } from "./document.ts";
import { query } from "./input.ts";
import type { HttpNeeds } from "./needs.ts";
import { pageOf, pageOfList, pageQuery } from "./pages.ts";

const ms = z.int();
const share = z.number().min(0).max(1).nullable();
const figuresSchema = z.object({
  /** up / (up + down + unreachable) within the service hours; null: there is nothing of either. */
  availability: share,
  /** The same where time in which only its line was down counts as lost. */
  availabilityOnline: share,
  upMs: ms,
  /** Of upMs: a rule of P1 or P2 found it bad. */
  degradedMs: ms,
  /** Of upMs: up and serving locally while its line was down. */
  localMs: ms,
  downMs: ms,
  /** Lost with its whole site. */
  unreachableMs: ms,
  /** The controller could not see it. */
  unknownMs: ms,
  /** Planned, and left out. */
  excludedMs: ms,
  asleepMs: ms,
  unseenMs: ms,
  /** Beside the service hours, and how much of that it was up. */
  outsideMs: ms,
  outsideUpMs: ms,
  /** Down or unreachable; by cause. */
  lostMs: ms,
  lostByCause: z.object(Object.fromEntries(lossCauses.map((cause) => [cause, ms])) as Record<Cause, typeof ms>),
  /** Lost time by devices of people that are usually on at that hour; null: not known. */
  lostClientMs: z.number().nullable(),
  /** Something of it became known afterwards. */
  revised: z.boolean(),
});
type Cause = (typeof lossCauses)[number];

const deviceSchema = z.object({
  id: z.string(),
  name: z.string(),
  site: z.string().nullable(),
  removed: z.boolean(),
  figures: figuresSchema,
});
const reportSchema = z.object({
  month: z.string(),
  /** What there is no data for. */
  note: z.string().nullable(),
  all: figuresSchema,
  sites: z.array(
    z.object({
      id: z.string().nullable(),
      name: z.string(),
      timeZone: z.string(),
      devices: z.int(),
      figures: figuresSchema,
    }),
  ),
  devices: pageOf(deviceSchema),
});

const asked = {
  month: z.string().regex(/^20\d\d-(0[1-9]|1[0-2])$/, "a month such as 2026-11"),
  site: z.string().min(1).max(64).optional(),
};

/** /availability: how much of a month devices and sites were there. */
export const availability = ({ availability: reports, registry }: Pick<HttpNeeds, "availability" | "registry">) => {
  const reportOf = async ({ month, site }: { month: string; site?: string | undefined }) => {
    if (site !== undefined && !registry.site(site)) throw notFound("site", site);
    return await reports.of(month, site);
  };
  return new Hono<Env>()
    .get(
      "/availability",
      describe("alerts", "Availability in a month, of each site's own time zone and service hours", {
        200: { what: "All sites, and a page of devices by name", schema: reportSchema },
      }),
      query(z.strictObject({ ...pageQuery, ...asked })),
      async (c) => {
        const wish = c.req.valid("query");
        const report = await reportOf(wish);
        const devices = pageOfList(report.devices, wish, ({ name, id }) => [name, id]);
        return c.json({ ...report, devices }, 200);
      },
    )
    .get(
      "/availability.csv",
      describe("alerts", "The same as CSV: sites, then all devices", {
        200: { what: "Shares in per cent, times in minutes", schema: z.string(), media: "text/csv" },
      }),
      query(z.strictObject(asked)),
      async (c) => {
        const report = await reportOf(c.req.valid("query"));
        return c.body(csvOf(report), 200, {
          "content-type": "text/csv; charset=utf-8",
          "content-disposition": `attachment; filename="availability-${report.month}.csv"`,
        });
      },
    );
};

const minutes = (of: number | null): string => (of === null ? "" : String(Math.round(of / 6_000) / 10));
const percent = (of: number | null): string => (of === null ? "" : String(Math.round(of * 1e5) / 1e3));

/** In order; each with what it says of the figures. */
const columns: readonly [string, (of: Figures) => string][] = [
  ["availability_percent", (of) => percent(of.availability)],
  ["availability_online_percent", (of) => percent(of.availabilityOnline)],
  ["lost_min", (of) => minutes(of.lostMs)],
  ...lossCauses.map((cause): [string, (of: Figures) => string] => [
    `lost_by_${cause}_min`,
    (of) => minutes(of.lostByCause[cause]),
  ]),
  ["lost_client_min", (of) => minutes(of.lostClientMs)],
  ["up_min", (of) => minutes(of.upMs)],
  ["degraded_min", (of) => minutes(of.degradedMs)],
  ["up_line_down_min", (of) => minutes(of.localMs)],
  ["down_min", (of) => minutes(of.downMs)],
  ["unreachable_min", (of) => minutes(of.unreachableMs)],
  ["unknown_min", (of) => minutes(of.unknownMs)],
  ["excluded_min", (of) => minutes(of.excludedMs)],
  ["asleep_min", (of) => minutes(of.asleepMs)],
  ["unseen_min", (of) => minutes(of.unseenMs)],
  ["outside_hours_min", (of) => minutes(of.outsideMs)],
  ["outside_hours_up_min", (of) => minutes(of.outsideUpMs)],
  ["revised", (of) => (of.revised ? "revised" : "")],
];

function csvOf({ month, note, all, sites, devices }: MonthReport): string {
  const head = ["month", "what", "id", "name", "site", ...columns.map(([name]) => name), "note"];
  const row = (what: string, id: string, name: string, site: string, figures: Figures) => [
    ...[month, what, id, name, site],
    ...columns.map(([, say]) => say(figures)),
    note ?? "",
  ];
  const names = new Map(sites.map(({ id, name }) => [id, name]));
  return csv(head, [
    row("all", "", "", "", all),
    ...sites.map(({ id, name, figures }) => row("site", id ?? "", name, name, figures)),
    ...devices.map(({ id, name, site, figures }) => row("device", id, name, names.get(site) ?? "", figures)),
  ]);
}
