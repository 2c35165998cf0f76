import { hc, type InferResponseType } from "hono/client";
import type { Api } from "../../../controller/http/index.ts";

/** The controller's own types: what it answers is what the pages read. */
const { v1 } = hc<Api>("/").api;

type Success<F> = Exclude<F, { type: string; status: number }>;
export type Device = Success<InferResponseType<(typeof v1.devices)[":id"]["$get"], 200>>;
export type Site = Success<InferResponseType<(typeof v1.sites)[":id"]["$get"], 200>>;
export type DeviceTopology = Success<InferResponseType<(typeof v1.devices)[":id"]["topology"]["$get"], 200>>;
export type LatestPoint = InferResponseType<(typeof v1.devices)[":id"]["latest"]["$get"], 200>["items"][number];
export type Refused = InferResponseType<(typeof v1.devices)[":id"]["quarantine"]["$get"], 200>["items"][number];
export type Delivery = InferResponseType<(typeof v1.devices)[":id"]["delivery"]["$get"], 200>;
export type Late = InferResponseType<(typeof v1.devices)[":id"]["late"]["$get"], 200>["items"][number];
export type Series = InferResponseType<(typeof v1.devices)[":id"]["series"]["$get"], 200>["series"][number];
export type Waiting = InferResponseType<(typeof v1.enrolments)["$get"], 200>["items"][number];
export type ImportPlan = Success<InferResponseType<(typeof v1.imports.preview)["$post"], 200>>;
export type ImportRecord = InferResponseType<(typeof v1.imports)["$get"], 200>["items"][number];
type ImportWish = Parameters<typeof v1.imports.$post>[0]["json"];
export type Token = InferResponseType<(typeof v1)["enrolment-tokens"]["$post"], 201>;
export type Demo = InferResponseType<typeof v1.demo.$get, 200>;
export type DeviceConfig = InferResponseType<(typeof v1.devices)[":id"]["config"]["$get"], 200>;
export type ConfigRevision = InferResponseType<
  (typeof v1.devices)[":id"]["config"]["revisions"]["$get"],
  200
>["items"][number];
export type ConfigPreview = InferResponseType<typeof v1.config.preview.$post, 200>;
export type ConfigWish = Parameters<typeof v1.config.$put>[0]["json"];
export type Template = Success<InferResponseType<(typeof v1.templates)[":id"]["$get"], 200>>;
export type TemplateWish = Parameters<(typeof v1.templates)[":id"]["$put"]>[0]["json"];
export type ConfigExplained = InferResponseType<(typeof v1.devices)[":id"]["config"]["explain"]["$get"], 200>;
export type ConfigChange = InferResponseType<typeof v1.config.changes.$get, 200>["items"][number];
export type ConfigChangeWhole = InferResponseType<(typeof v1.config.changes)[":revision"]["$get"], 200>;
export type Rollout = InferResponseType<typeof v1.rollouts.$get, 200>["items"][number];
export type RolloutWhole = Success<InferResponseType<(typeof v1.rollouts)[":id"]["$get"], 200>>;
export type RolloutDevice = InferResponseType<(typeof v1.rollouts)[":id"]["devices"]["$get"], 200>["items"][number];
export type RolloutPreview = InferResponseType<typeof v1.rollouts.preview.$post, 200>;
export type RolloutWish = Parameters<typeof v1.rollouts.$post>[0]["json"];
export type Incident = InferResponseType<typeof v1.incidents.$get, 200>["items"][number];
export type IncidentWhole = Success<InferResponseType<(typeof v1.incidents)[":id"]["$get"], 200>>;
export type Explained = Success<InferResponseType<(typeof v1.incidents)[":id"]["explain"]["$get"], 200>>;
export type Channel = Success<InferResponseType<(typeof v1.channels)[":id"]["$get"], 200>>;
export type ChannelKind = InferResponseType<typeof v1.channels.kinds.$get, 200>["items"][number];
export type ChannelChange = Parameters<(typeof v1.channels)[":id"]["$patch"]>[0]["json"];
export type ChannelWish = Parameters<typeof v1.channels.$post>[0]["json"];
export type Silence = Success<InferResponseType<(typeof v1.silences)[":id"]["$get"], 200>>;
export type Maintenance = Success<InferResponseType<(typeof v1)["maintenance-windows"][":id"]["$get"], 200>>;
export type Occurrence = InferResponseType<
  (typeof v1)["maintenance-windows"]["calendar"]["$get"],
  200
>["items"][number];
export type MuteMatches = InferResponseType<(typeof v1)["maintenance-windows"]["matches"]["$post"], 200>;
export type MaintenanceWish = Parameters<(typeof v1)["maintenance-windows"]["$post"]>[0]["json"];
export type MaintenanceChange = Parameters<(typeof v1)["maintenance-windows"][":id"]["$patch"]>[0]["json"];
export type MaintenanceTrial = Parameters<(typeof v1)["maintenance-windows"]["matches"]["$post"]>[0]["json"];
export type SilenceWish = Parameters<typeof v1.silences.$post>[0]["json"];
export type Availability = Success<InferResponseType<typeof v1.availability.$get, 200>>;
export type AlertRule = Success<InferResponseType<(typeof v1)["alert-rules"][":id"]["$get"], 200>>;
export type RuleWish = Parameters<(typeof v1)["alert-rules"][":id"]["$put"]>[0]["json"];
export type RulePreview = Success<InferResponseType<(typeof v1)["alert-rules"]["preview"]["$post"], 200>>;
export type Backtest = Success<InferResponseType<(typeof v1)["alert-rules"]["backtest"][":id"]["$get"], 200>>;
export type Escalation = InferResponseType<typeof v1.escalation.$get, 200>;
export type EscalationWish = Parameters<typeof v1.escalation.$put>[0]["json"];
export type Assignable = InferResponseType<typeof v1.incidents.assignable.$get, 200>["items"][number];
export type EscalationPolicy = InferResponseType<typeof v1.escalation.$get, 200>["policy"];
export type MuteScope = Parameters<typeof v1.silences.matches.$post>[0]["json"];
export type DeviceChange = Parameters<(typeof v1.devices)[":id"]["$patch"]>[0]["json"];
export type SiteChange = Parameters<(typeof v1.sites)[":id"]["$patch"]>[0]["json"];
export type Me = InferResponseType<typeof v1.session.$get, 200>;

/** What is wrong where in what was sent. */
export interface Fault {
  path: string;
  message: string;
}

/** What the API said no with: a sentence for people. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly faults: readonly Fault[];
  constructor(status: number, message: string, faults: readonly Fault[] = []) {
    super(message);
    this.status = status;
    this.faults = faults;
  }
}

/** What is wrong where, of whatever was thrown. */
export const faultsOf = (error: unknown): readonly Fault[] => (error instanceof ApiProblem ? error.faults : []);

interface Answer<T> {
  ok: boolean;
  status: number;
  json(): Promise<T>;
}

async function take<T>(asking: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await asking;
  } catch {
    throw new ApiProblem(0, "The controller can't be reached. Nothing was changed; try again.");
  }
  if (answer.status === 204) return undefined as T;
  if (answer.ok) return await answer.json();
  const said = (await answer.json().catch(() => ({}))) as { detail?: unknown; faults?: Fault[] };
  throw new ApiProblem(
    answer.status,
    typeof said.detail === "string" ? said.detail : `The controller answered ${answer.status}.`,
    said.faults,
  );
}

/** Every page of a list. */
async function all<T>(
  page: (cursor: { cursor?: string }) => Promise<{ items: T[]; next: string | null }>,
): Promise<T[]> {
  const items: T[] = [];
  let next: string | null = null;
  do {
    const one: { items: T[]; next: string | null } = await page(next === null ? {} : { cursor: next });
    items.push(...one.items);
    next = one.next;
  } while (next !== null);
  return items;
}

const windows = v1["maintenance-windows"];
const seen = (version: number) => ({ headers: { "if-match": `"${version}"` } });
interface MuteQuery {
  state?: Silence["state"];
  limit?: string;
  cursor?: string;
}

const limit = "1000";
const of = (id: string) => ({ param: { id } });

export const api = {
  me: () => take(v1.session.$get()),
  signIn: (who: { username: string; password: string } | { link: string }) => take(v1.session.$post({ json: who })),
  signOut: () => take(v1.session.$delete()),
  sites: () => all((cursor) => take(v1.sites.$get({ query: { limit, ...cursor } }))),
  holidays: () => take(v1.sites.holidays.$get()).then(({ calendars }) => calendars),
  createSite: (json: { name: string; location: { lat: number; lon: number } }) => take(v1.sites.$post({ json })),
  /** Refused when somebody else changed it meanwhile. */
  changeSite: (site: Site, json: SiteChange) =>
    take(v1.sites[":id"].$patch({ ...of(site.id), json }, { headers: { "if-match": `"${site.version}"` } })),
  devices: () => all((cursor) => take(v1.devices.$get({ query: { limit, ...cursor } }))),
  /** null: there is none. */
  device: (id: string): Promise<Device | null> =>
    take(v1.devices[":id"].$get(of(id))).catch((error: unknown) => {
      if (error instanceof ApiProblem && error.status === 404) return null;
      throw error;
    }),
  /** Refused when somebody else changed it meanwhile. */
  changeDevice: (device: Device, json: DeviceChange) =>
    take(v1.devices[":id"].$patch({ ...of(device.id), json }, { headers: { "if-match": `"${device.version}"` } })),
  topology: (id: string) => take(v1.devices[":id"].topology.$get(of(id))),
  /** A parent that was learnt: declare it, say that it is none, or take that back. */
  judgeParent: (id: string, what: "adopt" | "dismiss" | "restore", parent: string) =>
    take(v1.devices[":id"].topology[what].$post({ ...of(id), json: { parent } })),
  latest: (id: string) => take(v1.devices[":id"].latest.$get(of(id))).then((answer) => answer.items),
  delivery: (id: string) => take(v1.devices[":id"].delivery.$get(of(id))),
  /** The newest of what was refused. */
  quarantine: (id: string) =>
    take(v1.devices[":id"].quarantine.$get({ ...of(id), query: { limit: "20" } })).then((answer) => answer.items),
  /** When it could not deliver: what it measured then came afterwards. */
  late: (id: string, from: number, to: number) =>
    take(v1.devices[":id"].late.$get({ ...of(id), query: { from: String(from), to: String(to) } })).then(
      (a) => a.items,
    ),
  series: (id: string, query: Parameters<(typeof v1.devices)[":id"]["series"]["$get"]>[0]["query"]) =>
    take(v1.devices[":id"].series.$get({ ...of(id), query })),
  createToken: (json: { kind: Device["kind"]; site?: string; uses: number }) =>
    take(v1["enrolment-tokens"].$post({ json })),
  imports: () => take(v1.imports.$get()).then((answer) => answer.items),
  previewImport: (json: Partial<ImportWish>) => take(v1.imports.preview.$post({ json })),
  /** null: everything was so already. */
  import: (json: ImportWish) => take(v1.imports.$post({ json })),
  undoImport: (id: string) => take(v1.imports[":id"].undo.$post(of(id))),
  demo: () => take(v1.demo.$get()),
  /** Breaks something in the demo, or puts it right. */
  breakSomething: (json: { what: string; undo?: boolean; site?: string; device?: string }) =>
    take(v1.demo.break.$post({ json })),
  incidents: (query: { state?: Incident["state"]; site?: string; device?: string; limit?: string; cursor?: string }) =>
    take(v1.incidents.$get({ query })),
  openIncidents: () => all((cursor) => take(v1.incidents.$get({ query: { limit, state: "open", ...cursor } }))),
  /** null: there is none. */
  incident: (id: string): Promise<IncidentWhole | null> =>
    take(v1.incidents[":id"].$get(of(id))).catch((error: unknown) => {
      if (error instanceof ApiProblem && error.status === 404) return null;
      throw error;
    }),
  explainIncident: (id: string) => take(v1.incidents[":id"].explain.$get(of(id))),
  /** 4 hours where it is not said. */
  ackIncident: (id: string, forMs?: number) =>
    take(v1.incidents[":id"].ack.$post({ ...of(id), json: forMs === undefined ? {} : { forMs } })),
  unackIncident: (id: string) => take(v1.incidents[":id"].unack.$post(of(id))),
  assignIncident: (id: string, user: string | null) =>
    take(v1.incidents[":id"].assign.$post({ ...of(id), json: { user } })),
  noteIncident: (id: string, json: { text?: string; reference?: string }) =>
    take(v1.incidents[":id"].note.$post({ ...of(id), json })),
  silenceMatches: (json: MuteScope) => take(v1.silences.matches.$post({ json })),
  assignable: () => take(v1.incidents.assignable.$get()).then(({ items }) => items),
  channels: () => all((cursor) => take(v1.channels.$get({ query: { limit, ...cursor } }))),
  channelKinds: () => take(v1.channels.kinds.$get()).then((answer) => answer.items),
  /** Refused when somebody else changed it meanwhile. */
  changeChannel: (channel: Channel, json: ChannelChange) =>
    take(v1.channels[":id"].$patch({ ...of(channel.id), json }, { headers: { "if-match": `"${channel.version}"` } })),
  restoreChannel: (id: string) => take(v1.channels[":id"].restore.$post(of(id))),
  pushKey: () => take(v1.push.$get()).then(({ key }) => key),
  subscribePush: (json: Parameters<typeof v1.push.$post>[0]["json"]) => take(v1.push.$post({ json })),
  unsubscribePush: (browser: string) => take(v1.push[":browser"].$delete({ param: { browser } })),
  createChannel: (json: ChannelWish) => take(v1.channels.$post({ json })),
  removeChannel: (id: string) => take(v1.channels[":id"].$delete(of(id))),
  testChannel: (id: string) => take(v1.channels[":id"].test.$post(of(id))),
  silences: (query: MuteQuery) => take(v1.silences.$get({ query })),
  silence: (json: SilenceWish) => take(v1.silences.$post({ json })),
  /** Refused when somebody else changed it meanwhile. */
  changeSilence: ({ id, version }: Silence, json: { endAt: number }) =>
    take(v1.silences[":id"].$patch({ ...of(id), json }, seen(version))),
  /** As if it had never been: only of one that was just made. */
  takeBackSilence: (id: string) => take(v1.silences[":id"].$delete(of(id))),
  endSilence: (id: string) => take(v1.silences[":id"].end.$post(of(id))),
  maintenanceWindows: (query: MuteQuery) => take(windows.$get({ query })),
  maintenanceWindow: (id: string) => take(windows[":id"].$get(of(id))),
  maintenanceCalendar: (from: number, to: number) =>
    take(windows.calendar.$get({ query: { from: String(from), to: String(to) } })).then(({ items }) => items),
  planMaintenance: (json: MaintenanceWish) => take(windows.$post({ json })),
  previewMaintenance: (json: MaintenanceTrial) => take(windows.matches.$post({ json })),
  /** Refused when somebody else changed it meanwhile. */
  changeMaintenance: ({ id, version }: Maintenance, json: MaintenanceChange) =>
    take(windows[":id"].$patch({ ...of(id), json }, seen(version))),
  endMaintenance: (id: string) => take(windows[":id"].end.$post(of(id))),
  removeMaintenance: (id: string) => take(windows[":id"].$delete(of(id))),
  /** A page of devices. */
  availability: (query: { month: string; site?: string; cursor?: string }) =>
    take(v1.availability.$get({ query: { limit: "200", ...query } })),
  alertRule: (id: string) => take(v1["alert-rules"][":id"].$get(of(id))),
  /** Refused when somebody else changed it meanwhile. */
  putRule: (json: RuleWish, version: number) =>
    take(v1["alert-rules"][":id"].$put({ ...of(json.id), json }, seen(version))),
  removeRule: ({ rule, version }: AlertRule) => take(v1["alert-rules"][":id"].$delete(of(rule.id), seen(version))),
  previewRule: (rule: RuleWish) => take(v1["alert-rules"].preview.$post({ json: { rule } })),
  beginBacktest: (json: { rule: RuleWish }) => take(v1["alert-rules"].backtest.$post({ json })),
  backtest: (id: string) => take(v1["alert-rules"].backtest[":id"].$get(of(id))),
  cancelBacktest: (id: string) => take(v1["alert-rules"].backtest[":id"].$delete(of(id))),
  escalation: () => take(v1.escalation.$get()),
  /** Refused when somebody else changed it meanwhile. */
  putEscalation: (json: EscalationWish, version: number) => take(v1.escalation.$put({ json }, seen(version))),
  alertRules: () => take(v1["alert-rules"].$get()).then(({ items }) => items),
  waiting: () => all((cursor) => take(v1.enrolments.$get({ query: { limit, state: "awaiting", ...cursor } }))),
  config: (id: string) => take(v1.devices[":id"].config.$get(of(id))),
  configRevisions: (id: string) => take(v1.devices[":id"].config.revisions.$get(of(id))).then((answer) => answer.items),
  /** Refused when somebody else configured it meanwhile. @param seen the revision that the person saw */
  restoreConfig: (id: string, revision: number, seen: number) =>
    take(
      v1.devices[":id"].config.revisions[":revision"].restore.$post(
        { param: { id, revision: String(revision) } },
        { headers: { "if-match": `"${seen}"` } },
      ),
    ),
  previewConfig: (json: ConfigWish) => take(v1.config.preview.$post({ json })),
  sendConfig: (json: ConfigWish) => take(v1.config.$put({ json })),
  explainConfig: (id: string) => take(v1.devices[":id"].config.explain.$get(of(id))),
  configSchema: () => take(v1.config.schema.$get()).then(({ schema }) => schema),
  templates: () => all((cursor) => take(v1.templates.$get({ query: { limit, ...cursor } }))),
  template: (id: string) => take(v1.templates[":id"].$get(of(id))),
  /** @param body null: without it */
  previewTemplate: (id: string, body: TemplateWish | null) =>
    take(v1.config.preview.$post({ json: { items: [{ kind: "template", id, body }] } })),
  /** Refused when somebody else changed it meanwhile; 0: there is none yet. */
  putTemplate: (id: string, json: TemplateWish, version: number) =>
    take(v1.templates[":id"].$put({ ...of(id), json }, seen(version))),
  removeTemplate: ({ id, version }: Template) => take(v1.templates[":id"].$delete(of(id), seen(version))),
  /** The newest of what was changed together. */
  configChanges: (many: number) =>
    take(v1.config.changes.$get({ query: { limit: String(many) } })).then(({ items }) => items),
  configChange: (revision: number) =>
    take(v1.config.changes[":revision"].$get({ param: { revision: String(revision) } })),
  previewGoingBack: (revision: number) => take(v1.config.preview.$post({ json: { backTo: revision } })),
  /** @param what of the preview: refused when any of it was changed since */
  goBack: (revision: number, what: { seen: string; message: string }) =>
    take(v1.config.changes[":revision"].restore.$post({ param: { revision: String(revision) }, json: what })),
  rollouts: () => take(v1.rollouts.$get()).then(({ items }) => items),
  /** null: there is none. */
  rollout: (id: string): Promise<RolloutWhole | null> =>
    take(v1.rollouts[":id"].$get(of(id))).catch((error: unknown) => {
      if (error instanceof ApiProblem && error.status === 404) return null;
      throw error;
    }),
  rolloutDevices: (id: string) =>
    all((cursor) => take(v1.rollouts[":id"].devices.$get({ ...of(id), query: { limit, ...cursor } }))),
  previewRollout: ({ title: _, ...json }: RolloutWish) => take(v1.rollouts.preview.$post({ json })),
  startRollout: (json: RolloutWish) => take(v1.rollouts.$post({ json })),
  pauseRollout: (id: string) => take(v1.rollouts[":id"].pause.$post(of(id))),
  resumeRollout: (id: string) => take(v1.rollouts[":id"].resume.$post(of(id))),
  abortRollout: (id: string) => take(v1.rollouts[":id"].abort.$post(of(id))),
  decide: async (id: string, decision: "approve" | "reject"): Promise<void> => {
    if (decision === "approve") await take(v1.enrolments[":id"].approve.$post({ ...of(id), json: {} }));
    else await take(v1.enrolments[":id"].reject.$post(of(id)));
  },
};
