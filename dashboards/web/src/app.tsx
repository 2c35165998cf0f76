import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { noticeDemo, simulated } from "./demo.ts";
import { fail } from "./fleet.ts";
import { AddDevice } from "./pages/add-device.tsx";
import { AvailabilityPage } from "./pages/availability.tsx";
import { Channels } from "./pages/channels.tsx";
import { ConfigurationPage } from "./pages/configuration.tsx";
import { BreakSomething } from "./pages/demo.tsx";
import { DevicePage } from "./pages/device.tsx";
import { Devices } from "./pages/devices.tsx";
import { EscalationPage } from "./pages/escalation.tsx";
import { Import } from "./pages/import.tsx";
import { IncidentPage } from "./pages/incident.tsx";
import { Incidents } from "./pages/incidents.tsx";
import { Overview } from "./pages/overview.tsx";
import { PlannedPage } from "./pages/planned.tsx";
import { RolloutPage } from "./pages/rollout.tsx";
import { RolloutsPage } from "./pages/rollouts.tsx";
import { RulePage } from "./pages/rule.tsx";
import { RulesPage } from "./pages/rules.tsx";
import { SignIn } from "./pages/sign-in.tsx";
import { TemplatesPage } from "./pages/templates.tsx";
import { Later } from "./parts/later.tsx";
import { Shell } from "./parts/shell.tsx";
import { follow, go, path } from "./router.ts";
import { begin, me } from "./session.ts";

/** With a text editor in it, which nobody else needs. */
const templatePage = () => import("./pages/template.tsx").then(({ TemplatePage }) => TemplatePage);

export function App() {
  const refused = useSignal<string | null>(null);
  useEffect(() => {
    noticeDemo().catch(fail);
    void begin().then((why) => {
      refused.value = why;
    });
  }, [refused]);
  if (me.value === undefined) return <p class="boot">Lamplighter…</p>;
  if (me.value === null) return <SignIn refused={refused.value} />;
  return <Page />;
}

function Page() {
  const here = path.value;
  const device = /^\/devices\/([a-z0-9-]{1,64})$/.exec(here)?.[1];
  const rule = /^\/rules\/([a-z][a-z0-9_]{0,63})$/.exec(here)?.[1];
  const template = /^\/templates\/([a-z0-9-]{1,64})$/.exec(here)?.[1];
  const incident = /^\/incidents\/([A-Za-z0-9_-]{1,80})$/.exec(here)?.[1];
  const rollout = /^\/rollouts\/([A-Za-z0-9_-]{1,80})$/.exec(here)?.[1];
  useEffect(() => {
    if (here === "/sign-in") go("/", "replace");
  }, [here]);
  if (here === "/" || here === "/sign-in") return <Overview />;
  if (here === "/devices") return <Devices />;
  if (here === "/incidents") return <Incidents />;
  if (here === "/channels") return <Channels />;
  if (here === "/availability") return <AvailabilityPage />;
  if (here === "/escalation") return <EscalationPage />;
  if (here === "/rules") return <RulesPage />;
  if (rule) return <RulePage key={rule} id={rule} />;
  if (here === "/templates") return <TemplatesPage />;
  if (template) return <Later key={template} load={templatePage} id={template} />;
  if (here === "/rollouts") return <RolloutsPage />;
  if (rollout) return <RolloutPage key={rollout} id={rollout} />;
  if (here === "/planned") return <PlannedPage />;
  if (incident) return <IncidentPage key={incident} id={incident} />;
  if (here === "/add") return <AddDevice />;
  if (here === "/demo" && simulated.value) return <BreakSomething />;
  if (here === "/import") return <Import />;
  if (here === "/configuration") return <ConfigurationPage />;
  if (device) return <DevicePage key={device} id={device} />;
  return (
    <Shell title="Not found">
      <h1>There is no such page</h1>
      <p>
        <a href="/" onClick={follow}>
          Go to the overview
        </a>
      </p>
    </Shell>
  );
}
