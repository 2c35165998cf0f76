import type { Migration } from "kysely";
import { people } from "./0001-people.ts";
import { registry } from "./0002-registry.ts";
import { delivery } from "./0003-delivery.ts";
import { alerts } from "./0004-alerts.ts";
import { config } from "./0005-config.ts";
import { imports } from "./0006-imports.ts";
import { late } from "./0007-late.ts";
import { ledger } from "./0008-ledger.ts";
import { rollups } from "./0009-rollups.ts";
import { channels } from "./0010-channels.ts";
import { rules } from "./0011-rules.ts";
import { mutes } from "./0012-mutes.ts";
import { availability } from "./0013-availability.ts";
import { topology } from "./0014-topology.ts";
import { escalation } from "./0015-escalation.ts";
import { learntTopology } from "./0016-learnt-topology.ts";
import { siteCalendar } from "./0017-site-calendar.ts";
import { composition } from "./0018-composition.ts";
import { rollouts } from "./0019-rollouts.ts";
import { rendered } from "./0020-rendered.ts";

/** In the order of their names; one that was released is never changed. A static map, since the bundle has no folder
 *  to look into. */
export const migrations: Readonly<Record<string, Migration>> = {
  "0001-people": people,
  "0002-registry": registry,
  "0003-delivery": delivery,
  "0004-alerts": alerts,
  "0005-config": config,
  "0006-imports": imports,
  "0007-late": late,
  "0008-ledger": ledger,
  "0009-rollups": rollups,
  "0010-channels": channels,
  "0011-rules": rules,
  "0012-mutes": mutes,
  "0013-availability": availability,
  "0014-topology": topology,
  "0015-escalation": escalation,
  "0016-learnt-topology": learntTopology,
  "0017-site-calendar": siteCalendar,
  "0018-composition": composition,
  "0019-rollouts": rollouts,
  "0020-rendered": rendered,
};
