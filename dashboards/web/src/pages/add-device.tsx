import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api, type Device, type Token, type Waiting } from "../api.ts";
import { now } from "../clock.ts";
import { devices, refreshSites, siteName, sites } from "../fleet.ts";
import { hear } from "../live.ts";
import { Shell } from "../parts/shell.tsx";
import { StateMark } from "../parts/state.tsx";
import { follow } from "../router.ts";
import { me } from "../session.ts";
import { ago } from "../words.ts";

const kinds = [
  ["access-point", "Access point"],
  ["sensor", "Sensor"],
  ["gateway", "Gateway"],
  ["switch", "Switch"],
] as const;

export function AddDevice() {
  const token = useSignal<{ made: Token; kind: string } | null>(null);
  return (
    <Shell title="Add a device">
      <h1>Add a device</h1>
      {me.value?.role === "viewer" ? (
        <p>You may look, but not add devices. Ask somebody who may.</p>
      ) : token.value ? (
        <RunThis made={token.value.made} kind={token.value.kind} again={() => (token.value = null)} />
      ) : (
        <Wish done={(made, kind) => (token.value = { made, kind })} />
      )}
      <Approvals />
    </Shell>
  );
}

function Wish({ done }: { done: (made: Token, kind: string) => void }) {
  const kind = useSignal<Device["kind"]>("access-point");
  const site = useSignal("");
  const name = useSignal("");
  const lat = useSignal("");
  const lon = useSignal("");
  const problem = useSignal<string | null>(null);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    problem.value = null;
    try {
      let chosen = site.value;
      if (chosen === "new") {
        const location = { lat: Number(lat.value), lon: Number(lon.value) };
        chosen = (await api.createSite({ name: name.value, location })).id;
        await refreshSites();
        site.value = chosen;
      }
      done(await api.createToken({ kind: kind.value, uses: 1, ...(chosen ? { site: chosen } : {}) }), kind.value);
    } catch (error) {
      problem.value = (error as Error).message;
    }
  };
  return (
    <form class="wish" onSubmit={(event) => void submit(event)}>
      <label>
        What is it?
        <select value={kind.value} onChange={(e) => (kind.value = e.currentTarget.value as Device["kind"])}>
          {kinds.map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      </label>
      <label>
        Where does it stand?
        <select value={site.value} onChange={(e) => (site.value = e.currentTarget.value)}>
          <option value="">Choose later</option>
          {[...sites.value.values()].map((s) => (
            <option key={s.id} value={s.id}>
              {s.name}
            </option>
          ))}
          <option value="new">A new site…</option>
        </select>
      </label>
      {site.value === "new" && (
        <fieldset>
          <legend>The new site</legend>
          <label>
            Name
            <input required value={name.value} onInput={(e) => (name.value = e.currentTarget.value)} />
          </label>
          <label>
            Latitude
            <input
              required
              type="number"
              min="-90"
              max="90"
              step="any"
              value={lat.value}
              onInput={(e) => (lat.value = e.currentTarget.value)}
            />
          </label>
          <label>
            Longitude
            <input
              required
              type="number"
              min="-180"
              max="180"
              step="any"
              value={lon.value}
              onInput={(e) => (lon.value = e.currentTarget.value)}
            />
          </label>
        </fieldset>
      )}
      {problem.value && (
        <p class="problem" role="alert">
          {problem.value}
        </p>
      )}
      <button type="submit" class="main-action">
        Show the line to run on it
      </button>
    </form>
  );
}

function RunThis({ made, kind, again }: { made: Token; kind: string; again: () => void }) {
  const arrived = useSignal<string | null>(null);
  const copied = useSignal(false);
  const origin = location.origin;
  const insecure = location.protocol === "https:" && !made.token.endsWith(".") ? " -k" : "";
  const line = `curl -fsSO${insecure} ${origin}/agent.cjs && node agent.cjs --controller ${origin} --token ${made.token} --kind ${kind} --data-dir lamplighter-data`;
  useEffect(() => {
    const before = new Set(devices.value.keys());
    return hear("device", (data) => {
      const { device, token } = data as { device: string; token?: string };
      if (!before.has(device) && (token === undefined || made.token.startsWith(token))) arrived.value = device;
    });
  }, [made, arrived]);
  const device = arrived.value ? devices.value.get(arrived.value) : undefined;
  return (
    <section class="run-this">
      <p>
        Run this on the device. It needs Node 20 or newer and a way to {location.host}; nothing has to reach the device.
      </p>
      <pre>
        <code>{line}</code>
      </pre>
      <p class="actions">
        <button
          type="button"
          class="main-action"
          onClick={() => void navigator.clipboard.writeText(line).then(() => (copied.value = true))}
        >
          {copied.value ? "Copied" : "Copy the line"}
        </button>
        <button type="button" onClick={again}>
          Another device
        </button>
      </p>
      <p class={device?.state === "online" ? "arrival here" : "arrival"} role="status">
        {device ? (
          <>
            <StateMark state={device.state} />{" "}
            <a href={`/devices/${device.id}`} onClick={follow}>
              {device.name}
            </a>{" "}
            {device.state === "online" ? "is here and measuring." : "has enrolled; waiting for its first values…"}
          </>
        ) : (
          "Waiting for it to call… This line works once."
        )}
      </p>
    </section>
  );
}

/** Hardware that is known, but comes with other keys: a person decides. */
function Approvals() {
  const waiting = useSignal<Waiting[]>([]);
  const problem = useSignal<string | null>(null);
  useEffect(() => {
    const look = () => {
      api.waiting().then(
        (all) => (waiting.value = all),
        (error: Error) => (problem.value = error.message),
      );
    };
    look();
    return hear("enrolment", look);
  }, [waiting, problem]);
  const decide = async (one: Waiting, decision: "approve" | "reject") => {
    try {
      await api.decide(one.id, decision);
      waiting.value = waiting.value.filter((w) => w.id !== one.id);
    } catch (error) {
      problem.value = (error as Error).message;
    }
  };
  if (waiting.value.length === 0 && !problem.value) return null;
  return (
    <section aria-labelledby="waiting">
      <h2 id="waiting">Waiting for a decision</h2>
      <p>
        These called without a token that fits: hardware that was reset or replaced, a device of another installation,
        or a copy.
      </p>
      {problem.value && (
        <p class="problem" role="alert">
          {problem.value}
        </p>
      )}
      <ul class="cards">
        {waiting.value.map((one) => (
          <li key={one.id} class="card">
            <strong>
              {one.hardware.model}, {one.hardware.serial}
            </strong>
            <span class="quiet">
              {one.kind}, first called {ago(one.firstAt, now.value)}
              {one.device
                ? ` · known as ${devices.value.get(one.device)?.name ?? one.device}, ${siteName(devices.value.get(one.device)?.site ?? null)}`
                : ""}
            </span>
            {me.value?.role !== "viewer" && (
              <span class="actions">
                <button type="button" class="main-action" onClick={() => void decide(one, "approve")}>
                  Let it take over
                </button>
                <button type="button" onClick={() => void decide(one, "reject")}>
                  Refuse it
                </button>
              </span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
