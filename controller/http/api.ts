import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { invalid, notFound } from "../base/errors.ts";
import { alertRules } from "./alert-rules.ts";
import { audit } from "./audit.ts";
import { availability } from "./availability.ts";
import { channels } from "./channels.ts";
import { deviceConfig, manyConfigs } from "./config.ts";
import { configChanges, configDrafts } from "./config-changes.ts";
import { configSources, groups, siteConfig, templates } from "./config-sources.ts";
import type { Env } from "./context.ts";
import { demo } from "./demo.ts";
import { devices } from "./devices.ts";
import { enrolmentTokens } from "./enrolment-tokens.ts";
import { enrolments } from "./enrolments.ts";
import { escalation } from "./escalation.ts";
import { explainedDevice, explainedIncident } from "./explain.ts";
import { apiRoot, guard } from "./guard.ts";
import { idempotency } from "./idempotency.ts";
import { exported, imports } from "./imports.ts";
import { incidents } from "./incidents.ts";
import { httpLimits } from "./limits.ts";
import { maintenanceWindows, silences } from "./mutes.ts";
import type { HttpNeeds } from "./needs.ts";
import { observed } from "./observed.ts";
import { tooLarge } from "./problems.ts";
import { push } from "./push.ts";
import { rollouts } from "./rollouts.ts";
import { rollups } from "./rollups.ts";
import { trials } from "./rule-trials.ts";
import { deviceSeries, siteSeries } from "./series.ts";
import { session } from "./session.ts";
import { sites } from "./sites.ts";
import { stream } from "./stream.ts";
import { tokens } from "./tokens.ts";
import { topologyOf } from "./topology.ts";
import { users } from "./users.ts";

/** Refuses a longer body before it is in memory. */
const atMost = (bytes: number) =>
  bodyLimit({
    maxSize: bytes,
    onError: () => {
      throw tooLarge(bytes);
    },
  });

const usual = atMost(httpLimits.bodyBytes);
const spreadsheet = atMost(httpLimits.importBytes);

const isLong = (path: string): boolean =>
  path.startsWith(`${apiRoot}/imports`) || path.startsWith(`${apiRoot}/config/`);

/** Everything under /api/v1, one file a resource. */
export const createApi = (needs: HttpNeeds) => {
  const doors = new Hono<Env>()
    .use(`${apiRoot}/enrolments`, atMost(httpLimits.enrolmentBytes))
    .use(`${apiRoot}/*`, (c, next) => (isLong(c.req.path) ? spreadsheet : usual)(c, next))
    .use(`${apiRoot}/*`, guard(needs.auth), async (c, next) => {
      // Forms of other pages can send these without asking first; and what is no JSON would read as an empty body.
      const type = c.req.header("content-type");
      if (type !== undefined && !/^application\/json\b/i.test(type))
        throw invalid("the body will not do", [{ path: "Content-Type", message: "application/json" }]);
      await next();
    })
    .use(`${apiRoot}/*`, idempotency(needs.auth));
  return doors
    .route(`${apiRoot}/session`, session(needs))
    .route(`${apiRoot}/sites`, sites(needs))
    .route(`${apiRoot}/devices`, devices(needs))
    .route(`${apiRoot}/devices`, deviceSeries(needs))
    .route(`${apiRoot}/devices`, observed(needs))
    .route(`${apiRoot}/devices`, deviceConfig(needs))
    .route(`${apiRoot}/devices`, explainedDevice(needs))
    .route(`${apiRoot}/devices`, topologyOf(needs))
    .route(`${apiRoot}/config`, manyConfigs(needs))
    .route(`${apiRoot}/config`, configSources(needs))
    .route(`${apiRoot}/config/changes`, configChanges(needs))
    .route(`${apiRoot}/config/drafts`, configDrafts(needs))
    .route(`${apiRoot}/templates`, templates(needs))
    .route(`${apiRoot}/groups`, groups(needs))
    .route(`${apiRoot}/sites`, siteConfig(needs))
    .route(`${apiRoot}/rollouts`, rollouts(needs))
    .route(`${apiRoot}/series`, siteSeries(needs))
    .route(`${apiRoot}/rollups`, rollups(needs))
    .route(`${apiRoot}/enrolment-tokens`, enrolmentTokens(needs))
    .route(`${apiRoot}/enrolments`, enrolments(needs))
    .route(`${apiRoot}/imports`, imports(needs))
    .route(`${apiRoot}/exports`, exported(needs))
    .route(`${apiRoot}/stream`, stream(needs))
    .route(`${apiRoot}/users`, users(needs))
    .route(`${apiRoot}/tokens`, tokens(needs))
    .route(`${apiRoot}/audit`, audit(needs))
    .route(`${apiRoot}/incidents`, incidents(needs))
    .route(`${apiRoot}/incidents`, explainedIncident(needs))
    .route(apiRoot, availability(needs))
    .route(`${apiRoot}/alert-rules`, alertRules(needs))
    .route(`${apiRoot}/silences`, silences(needs))
    .route(`${apiRoot}/maintenance-windows`, maintenanceWindows(needs))
    .route(`${apiRoot}/escalation`, escalation(needs))
    .route(`${apiRoot}/alert-rules`, trials(needs))
    .route(`${apiRoot}/channels`, channels(needs))
    .route(`${apiRoot}/push`, push(needs))
    .route(`${apiRoot}/demo`, demo(needs))
    .all(`${apiRoot}/*`, (c) => {
      throw notFound("resource", c.req.path);
    });
};
