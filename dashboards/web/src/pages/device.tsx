import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api, type Delivery, type Device, type DeviceConfig, type LatestPoint } from "../api.ts";
import { behindSentence, maintenanceSentence } from "../behind-words.ts";
import { currentTime, now } from "../clock.ts";
import { configBrief } from "../config-words.ts";
import { haveSentence } from "../duty-words.ts";
import { devices, fail, loaded, refreshDevice, siteName, sites } from "../fleet.ts";
import { incidentOf } from "../incidents.ts";
import { hear, watch } from "../live.ts";
import { AgentFacts } from "../parts/agent-facts.tsx";
import { ChangeDevice } from "../parts/change-device.tsx";
import { Charts } from "../parts/charts.tsx";
import { ConfigMark } from "../parts/config-standing.tsx";
import { DeliveryLine } from "../parts/delivery.tsx";
import { DeviceConfiguration, useConfig } from "../parts/device-config.tsx";
import { HangsOn } from "../parts/hangs-on.tsx";
import { Probes } from "../parts/probes.tsx";
import { Shell } from "../parts/shell.tsx";
import { StateMark } from "../parts/state.tsx";
import { UsualLine } from "../parts/usual.tsx";
import { follow } from "../router.ts";
import { me } from "../session.ts";
import { clockTime, kindWord, stateSentence } from "../words.ts";

export function DevicePage({ id }: { id: string }) {
  const device = devices.value.get(id);
  if (!device) {
    return (
      <Shell title="Device">
        <h1>{loaded.value ? "There is no such device" : "Looking…"}</h1>
        {loaded.value && (
          <p>
            <a href="/devices" onClick={follow}>
              All devices
            </a>
          </p>
        )}
      </Shell>
    );
  }
  return <Known device={device} />;
}

function Known({ device }: { device: Device }) {
  const { latest, delivery } = useLive(device.id);
  const known = useConfig(device.id);
  const zone = device.site ? sites.value.get(device.site)?.timeZone : undefined;
  const neighbours = [...devices.value.values()].filter(
    (d) => d.site !== null && d.site === device.site && d.id !== device.id,
  );
  return (
    <Shell title={device.name}>
      <header class="device-head">
        <h1>
          {device.name} <StateMark state={device.state} />
        </h1>
        <p class="sentence" role="status">
          {stateSentence(device, neighbours, now.value, zone)}
        </p>
        <UsualLine device={device.id} latest={latest.value ?? []} there={device.state === "online"} timeZone={zone} />
        <OpenIncident device={device.id} />
        <Around device={device} />
        <ConfigLine config={device.config} />
        <RefusalLine refusal={known.config?.refusal ?? null} timeZone={zone} />
        <DeliveryLine device={device.id} delivery={delivery.value} timeZone={zone} />
      </header>
      <Probes latest={latest.value} now={now.value} there={device.state === "online"} />
      {latest.value !== null && <Charts device={device.id} latest={latest.value} timeZone={zone} />}
      <DeviceConfiguration device={device} timeZone={zone} {...known} />
      <section aria-labelledby="facts">
        <h2 id="facts">The device</h2>
        <dl class="facts">
          <Fact name="Site">
            {device.site ? (
              <a href={`/devices?site=${device.site}`} onClick={follow}>
                {siteName(device.site)}
              </a>
            ) : (
              "none chosen"
            )}
          </Fact>
          <Fact name="Address">{device.address ?? "none: only its agent says whether it is there"}</Fact>
          <Fact name="Kind">{kindWord(device.kind)}</Fact>
          <Fact name="Hardware">
            {device.hardware ? `${device.hardware.model}, ${device.hardware.serial}` : "not told yet"}
          </Fact>
          <Fact name="Agent">{device.agent ?? "not told yet"}</Fact>
          <AgentFacts device={device.id} />
          <Fact name="Id">
            <code>{device.id}</code>
          </Fact>
        </dl>
        {me.value?.role !== "viewer" && <ChangeDevice device={device} />}
      </section>
    </Shell>
  );
}

/** The window that it is in, and what it is behind. */
function Around({ device }: { device: Device }) {
  // The stream says that it is in maintenance, not why.
  useEffect(() => {
    refreshDevice(device.id).catch(fail);
  }, [device.id, device.state]);
  const zone = device.site ? sites.value.get(device.site)?.timeZone : undefined;
  const window = maintenanceSentence(device.maintenance, now.value, zone);
  const behind = behindSentence(device, (id) => devices.value.get(id)?.name ?? "a device that was removed");
  return (
    <>
      {window && (
        <p role="status">
          <StateMark state="maintenance" quiet /> {window}
        </p>
      )}
      {behind && <p class="quiet">{behind}</p>}
      <HangsOn device={device} timeZone={zone} />
    </>
  );
}

function OpenIncident({ device }: { device: string }) {
  const incident = incidentOf(device);
  if (!incident) return null;
  return (
    <p>
      <a href={`/incidents/${incident.id}`} onClick={follow}>
        {incident.rule === "site_unreachable" ? "Part of its site's incident" : "Its incident"}
      </a>
      {": "}
      {haveSentence(incident, me.value?.name ?? "", { now: now.value })}
    </p>
  );
}

/** Settings that are under way or did not work are said at the top; how and why is further down. */
function ConfigLine({ config }: { config: Device["config"] }) {
  const brief = configBrief(config, now.value);
  if (brief === null) return null;
  return (
    <p role="status">
      <ConfigMark status={config.status} said /> <a href="#configuration">Configuration</a>: {brief}
    </p>
  );
}

const refusalNewsMs = 24 * 3_600_000;

/** Somebody sent it what is not ours: not to be found only by who looks for it. */
function RefusalLine(props: { refusal: DeviceConfig["refusal"]; timeZone: string | undefined }) {
  const { refusal, timeZone } = props;
  if (!refusal || now.value - refusal.at > refusalNewsMs) return null;
  return (
    <p role="status">
      <span class="state state-offline" aria-hidden="true">
        ■
      </span>{" "}
      Refused at {clockTime(refusal.at, now.value, timeZone)}: a document that it does not believe.{" "}
      <a href="#configuration">Why</a>
    </p>
  );
}

function Fact({ name, children }: { name: string; children: preact.ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

const deliveryEveryMs = 5_000;

/** Newest values as they come, and the ledger at most every 5 s. */
function useLive(id: string) {
  const latest = useSignal<LatestPoint[] | null>(null);
  const delivery = useSignal<Delivery | null>(null);
  useEffect(() => {
    watch(id);
    let gone = false;
    let asked = 0;
    const ask = () => {
      asked = currentTime();
      api.delivery(id).then((d) => {
        if (!gone) delivery.value = d;
      }, fail);
    };
    api.latest(id).then((points) => {
      if (!gone) latest.value = points;
    }, fail);
    ask();
    const end = hear("latest", (data) => {
      const news = data as { device: string; points: LatestPoint[] };
      if (news.device !== id) return;
      const key = (p: LatestPoint) => `${p.m} ${JSON.stringify(p.tags)}`;
      const known = new Map((latest.value ?? []).map((p) => [key(p), p]));
      for (const point of news.points) known.set(key(point), point);
      latest.value = [...known.values()];
      if (currentTime() - asked > deliveryEveryMs) ask();
    });
    return () => {
      gone = true;
      end();
      watch(null);
    };
  }, [id, latest, delivery]);
  return { latest, delivery };
}
