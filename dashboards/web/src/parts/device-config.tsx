import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api, type ConfigRevision, type Device, type DeviceConfig } from "../api.ts";
import { now } from "../clock.ts";
import { configMarks, configSentence, type Standing, settingName, settingValue } from "../config-words.ts";
import { hear } from "../live.ts";
import { follow } from "../router.ts";
import { me } from "../session.ts";
import { clockTime } from "../words.ts";
import { ConfigMark } from "./config-standing.tsx";
import { DeviceLayers } from "./device-layers.tsx";

interface KnownConfig {
  config: DeviceConfig | null;
  problem: string | null;
}

/** Its configuration, anew whenever something of it changes. */
export function useConfig(device: string): KnownConfig {
  const known = useSignal<KnownConfig>({ config: null, problem: null });
  useEffect(() => {
    let gone = false;
    const look = () => {
      api.config(device).then(
        (config) => {
          if (!gone) known.value = { config, problem: null };
        },
        (error: Error) => {
          if (!gone) known.value = { ...known.value, problem: error.message };
        },
      );
    };
    look();
    const end = hear("config", (data) => {
      if ((data as { device: string }).device === device) look();
    });
    return () => {
      gone = true;
      end();
    };
  }, [device, known]);
  return known.value;
}

/** What is wanted, what is on the device, and how it came to that. */
export function DeviceConfiguration(props: KnownConfig & { device: Device; timeZone: string | undefined }) {
  const { device, config: known, problem, timeZone } = props;
  const may = me.value?.role !== "viewer";
  return (
    <section aria-labelledby="configuration">
      <h2 id="configuration">Configuration</h2>
      {problem && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      {known === null ? (
        <p class="quiet">{problem ? "" : "Looking…"}</p>
      ) : (
        <Known device={device} config={known} timeZone={timeZone} />
      )}
      {may && (
        <p>
          <a href={`/configuration?device=${device.id}`} onClick={follow}>
            Change the settings
          </a>
        </p>
      )}
      {known !== null && known.revision > 0 && <History device={device.id} config={known} may={may} zone={timeZone} />}
    </section>
  );
}

function Known({ device, config, timeZone }: { device: Device; config: DeviceConfig; timeZone: string | undefined }) {
  const { onDevice, refusal } = config;
  const clock = (at: number) => clockTime(at, now.value, timeZone);
  const waits = config.status !== "applied" && config.status !== "none";
  return (
    <>
      <p role="status">
        <ConfigMark status={config.status} said />{" "}
        <span>{configSentence(config as Standing, device.state === "online", now.value, timeZone)}</span>
      </p>
      {waits && config.status !== "foreign" && (
        <p class="quiet">
          On the device now:{" "}
          {onDevice ? `the settings that were applied ${clock(onDevice.at)}` : "its own settings, as it was installed"}.
        </p>
      )}
      {refusal && (
        <p class="refusal">
          {clock(refusal.at)}: it refused a document that it does not believe: {refusal.message}. Nothing changed.
        </p>
      )}
      <Settings document={config.composed} />
      <DeviceLayers device={device.id} revision={config.revision} />
    </>
  );
}

/** What templates, groups, site and the device itself make together, setting by setting. */
function Settings({ document }: { document: object }) {
  const all = leaves(document, "");
  if (all.length === 0) return null;
  return (
    <details class="more">
      <summary>Wanted settings</summary>
      <dl class="changes">
        {all.map(([path, value]) => (
          <div key={path}>
            <dt>{settingName(path)}</dt>
            <dd>{settingValue(path, value)}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

function leaves(value: unknown, path: string): [string, unknown][] {
  if ((value as { secret?: unknown } | null)?.secret === true) return [[path, "set, never shown"]];
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, path === "" ? key : `${path}.${key}`));
}

interface HistoryProps {
  device: string;
  config: DeviceConfig;
  may: boolean;
  zone: string | undefined;
}

function History({ device, config, may, zone }: HistoryProps) {
  const open = useSignal(false);
  const items = useSignal<ConfigRevision[] | null>(null);
  const problem = useSignal<string | null>(null);
  const { revision, status } = config;
  useEffect(() => {
    if (!open.value) return;
    api.configRevisions(device).then(
      (found) => {
        items.value = found;
      },
      (error: Error) => {
        problem.value = error.message;
      },
    );
  }, [open.value, device, revision, status]);
  const restore = async (to: number) => {
    problem.value = null;
    try {
      await api.restoreConfig(device, to, revision);
    } catch (error) {
      problem.value = (error as Error).message;
    }
  };
  return (
    <details
      class="more"
      onToggle={(event) => {
        open.value = event.currentTarget.open;
      }}
    >
      <summary>History</summary>
      {problem.value && (
        <p class="problem" role="alert">
          {problem.value}
        </p>
      )}
      <ol class="history">
        {(items.value ?? []).map((one) => (
          <li key={one.revision}>
            <p>
              <strong>{clockTime(one.at, now.value, zone)}</strong> by {one.by.name || one.by.kind}
              {one.message && <>: {one.message}</>}
            </p>
            <p class="quiet">
              {outcomeWords(one)}
              {one.problems[0] && <>: {one.problems[0].message}</>}
            </p>
            {may && one.revision !== revision && (
              <button type="button" onClick={() => void restore(one.revision)}>
                Go back to these settings
              </button>
            )}
          </li>
        ))}
      </ol>
    </details>
  );
}

const outcomeWords = ({ outcome }: ConfigRevision): string =>
  outcome === "superseded"
    ? "replaced before it was applied"
    : (configMarks[outcome as Standing["status"]]?.word ?? outcome);
