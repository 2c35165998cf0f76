import type { IForbiddenRuleType } from "dependency-cruiser";

const doors = "^controller/([^/]+|store/[^/]+|registry/presence)/index\\.ts$";

/** The import directions of DESIGN §2. Each has a planted breach in ./breaches, laid out like the real tree. */
export const rules: IForbiddenRuleType[] = [
  {
    name: "no-circular",
    severity: "error",
    from: {},
    to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
  },
  {
    name: "wire-is-a-leaf",
    severity: "error",
    from: { path: "^edge-agent/wire/" },
    to: { pathNot: ["^edge-agent/wire/", "node_modules/zod/"] },
  },
  {
    name: "agent-knows-only-itself",
    severity: "error",
    from: { path: "^edge-agent/" },
    to: { dependencyTypesNot: ["core"], pathNot: ["^edge-agent/", "node_modules/(mqtt|ws|zod|@types/ws)/"] },
  },
  {
    name: "controller-sees-agent-only-through-wire",
    severity: "error",
    from: { path: "^(controller/(?!street/)|firmware-configs/|dashboards/)" },
    to: { path: "^edge-agent/", pathNot: "^edge-agent/wire/index\\.ts$" },
  },
  {
    name: "rooms-only-through-their-door",
    severity: "error",
    from: { path: "^controller/([^/]+)/" },
    to: { path: "^controller/[^/]+/", pathNot: ["^controller/$1/", "^controller/base/", doors] },
  },
  {
    name: "app-only-through-doors",
    severity: "error",
    from: { path: "^controller/[^/]+\\.ts$" },
    to: { path: "^controller/[^/]+/", pathNot: ["^controller/base/", doors] },
  },
  {
    name: "rooms-do-not-know-the-app",
    severity: "error",
    from: { path: "^controller/", pathNot: ["^controller/[^/]+\\.ts$", "^controller/cli/"] },
    to: { path: "^controller/([^/]+\\.ts$|cli/)" },
  },
  {
    name: "base-is-a-leaf",
    severity: "error",
    from: { path: "^controller/base/" },
    to: { path: "^controller/", pathNot: "^controller/base/" },
  },
  {
    name: "settings-are-a-leaf",
    severity: "error",
    from: { path: "^controller/settings/" },
    to: { path: "^controller/", pathNot: "^controller/(settings|base)/" },
  },
  {
    name: "decisions-are-pure",
    severity: "error",
    from: {
      path: "^(controller/registry/(presence/decide|service-hours)|controller/alert/(decide|turn|devices|sites|blind|lifecycle|facts|sentence|view|watch|muting|attention|mute/(hold|now|recurrence|standing)|escalation/(run|rota)|availability/(reduce|observe|report|around|notice))|controller/notify/(plan|render|facts|bucket|delivery)|controller/ingest/(judge|ledger/(boot|account))|controller/store/series/rollup/(plan|tally|compute|levels|columns)|controller/broker/(access|walk)|edge-agent/link/window|controller/config/decide|edge-agent/apply/decide|controller/street/(chance|break/faults|rhythm/[^/]+|town/[^/]+)|firmware-configs/.+)\\.ts$",
    },
    to: { dependencyTypes: ["core"] },
  },
  {
    name: "nothing-imports-tests",
    severity: "error",
    from: { pathNot: "^test/" },
    to: { path: "^test/" },
  },
  {
    name: "dashboards-see-types-only",
    severity: "error",
    from: { path: "^dashboards/" },
    to: { path: "^(controller|firmware-configs)/", dependencyTypesNot: ["type-only"] },
  },
  {
    name: "dashboards-see-only-the-api",
    severity: "error",
    from: { path: "^dashboards/" },
    to: { path: "^controller/", pathNot: "^controller/http/index\\.ts$" },
  },
  {
    name: "profiles-know-only-the-wire",
    severity: "error",
    from: { path: "^firmware-configs/" },
    to: { pathNot: ["^firmware-configs/", "^edge-agent/wire/index\\.ts$", "node_modules/zod/"] },
  },
];
