import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { AddDevice } from "./pages/add-device.tsx";
import { DevicePage } from "./pages/device.tsx";
import { Devices } from "./pages/devices.tsx";
import { Import } from "./pages/import.tsx";
import { Overview } from "./pages/overview.tsx";
import { SignIn } from "./pages/sign-in.tsx";
import { Shell } from "./parts/shell.tsx";
import { follow, go, path } from "./router.ts";
import { begin, me } from "./session.ts";

export function App() {
  const refused = useSignal<string | null>(null);
  useEffect(() => {
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
  useEffect(() => {
    if (here === "/sign-in") go("/", "replace");
  }, [here]);
  if (here === "/" || here === "/sign-in") return <Overview />;
  if (here === "/devices") return <Devices />;
  if (here === "/add") return <AddDevice />;
  if (here === "/import") return <Import />;
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
