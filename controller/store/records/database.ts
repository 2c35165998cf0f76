import type { PeopleTables } from "./migrations/0001-people.ts";
import type { RegistryTables } from "./migrations/0002-registry.ts";
import type { DeliveryTables } from "./migrations/0003-delivery.ts";
import type { AlertTables } from "./migrations/0004-alerts.ts";
import type { ConfigTables } from "./migrations/0005-config.ts";
import type { ImportTables } from "./migrations/0006-imports.ts";
import type { LateTables } from "./migrations/0007-late.ts";
import type { LedgerTables } from "./migrations/0008-ledger.ts";
import type { RollupTables } from "./migrations/0009-rollups.ts";
import type { ChannelTables } from "./migrations/0010-channels.ts";
import type { RuleTables } from "./migrations/0011-rules.ts";
import type { MuteTables } from "./migrations/0012-mutes.ts";
import type { AvailabilityTables } from "./migrations/0013-availability.ts";
import type { EscalationTables } from "./migrations/0015-escalation.ts";
import type { LearntTopologyTables } from "./migrations/0016-learnt-topology.ts";
import type { SiteCalendarTables } from "./migrations/0017-site-calendar.ts";
import type { CompositionTables } from "./migrations/0018-composition.ts";
import type { RolloutTables } from "./migrations/0019-rollouts.ts";

/** Every table; each is described beside the migration that makes it. Times are milliseconds since 1970 UTC, flags are
 *  0 or 1, `*_json` is JSON text. */
export interface Database
  extends PeopleTables,
    RegistryTables,
    DeliveryTables,
    AlertTables,
    ImportTables,
    LateTables,
    LedgerTables,
    RollupTables,
    ChannelTables,
    RuleTables,
    MuteTables,
    EscalationTables,
    LearntTopologyTables,
    SiteCalendarTables,
    AvailabilityTables,
    RolloutTables,
    ConfigTables,
    CompositionTables {}
