import type { Host } from "../../host/index.ts";
import type { Log } from "../../log.ts";
import type { Collector, Sample } from "../collector.ts";
import {
  countStations,
  parseInterfaces,
  parseSent,
  parseSurvey,
  type RadioInterface,
  retryShare,
  type Sent,
  type Survey,
  utilisation,
} from "./parse.ts";

const iwTimeoutMs = 3_000;

/** Radios that serve clients, as `iw` tells of them. A device without `iw` gives nothing, and says so once. */
export function createRadioCollector({ host, log }: { host: Pick<Host, "programs">; log: Log }): Collector {
  let before = new Map<string, Survey>();
  let sentBefore = new Map<string, Map<string, Sent>>();
  /** Radios that served since the start: one that no longer does is told as such. */
  const served = new Set<string>();
  let absent = false;
  const iw = async (...args: string[]): Promise<string> =>
    (await host.programs.run("iw", args, { timeoutMs: iwTimeoutMs })).stdout;
  const ask = (...args: string[]): Promise<string> => iw(...args).catch(() => "");

  async function sample(
    radio: string,
    interfaces: readonly RadioInterface[],
    surveys: Map<string, Survey>,
    sent: Map<string, Map<string, Sent>>,
  ) {
    const [first] = interfaces;
    const survey = parseSurvey(first ? await ask("dev", first.name, "survey", "dump") : "");
    surveys.set(radio, survey);
    const stations = await Promise.all(interfaces.map(({ name }) => ask("dev", name, "station", "dump")));
    const { noise_dbm } = survey;
    const sentTo = new Map(stations.flatMap((output) => [...parseSent(output)]));
    sent.set(radio, sentTo);
    // Without a channel an interface is there and serves nobody.
    const networks = interfaces.filter(({ channel }) => channel !== undefined).length;
    if (networks > 0) served.add(radio);
    const f = {
      clients: stations.reduce((sum, output) => sum + countStations(output), 0),
      ...(networks > 0 ? { serving: 1, networks } : served.has(radio) ? { serving: 0 } : {}),
      ...retryShare(sentBefore.get(radio) ?? new Map(), sentTo),
      ...(noise_dbm === undefined ? {} : { noise_dbm }),
      ...utilisation(before.get(radio), survey),
      ...(first?.channel === undefined ? {} : { channel: first.channel }),
      ...(first?.frequency_mhz === undefined ? {} : { frequency_mhz: first.frequency_mhz }),
    };
    return { m: "radio", t: { radio }, f } satisfies Sample;
  }

  return {
    name: "radio",
    async collect() {
      if (absent) return [];
      let output: string;
      try {
        output = await iw("dev");
      } catch (error) {
        if ((error as { code?: unknown }).code !== "ENOENT") throw error;
        absent = true;
        log.info("radio: there is no iw on this device, radios are left out");
        return [];
      }
      const byRadio = new Map<string, RadioInterface[]>();
      for (const one of parseInterfaces(output)) byRadio.set(one.radio, [...(byRadio.get(one.radio) ?? []), one]);
      const surveys = new Map<string, Survey>();
      for (const radio of served) if (!byRadio.has(radio)) byRadio.set(radio, []);
      const inOrder = [...byRadio].sort(([a], [b]) => (a < b ? -1 : 1));
      const sent = new Map<string, Map<string, Sent>>();
      const samples = await Promise.all(inOrder.map(([radio, of]) => sample(radio, of, surveys, sent)));
      [before, sentBefore] = [surveys, sent];
      return samples;
    },
  };
}
