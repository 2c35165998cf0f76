import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api, type Demo } from "../api.ts";
import { demo, followDemo, loadDemo } from "../demo.ts";
import { fail } from "../fleet.ts";
import { FaultCard } from "../parts/fault-card.tsx";
import { Phone } from "../parts/phone.tsx";
import { Shell } from "../parts/shell.tsx";
import { count } from "../words.ts";

export function BreakSomething() {
  useEffect(() => {
    loadDemo().catch(fail);
    return followDemo(fail);
  }, []);
  const street = demo.value;
  return <Shell title="Break something">{street ? <Street street={street} /> : <h1>Looking…</h1>}</Shell>;
}

function Street({ street }: { street: Demo }) {
  const { faults, sites, devices, messages, progress } = street;
  const accessPoints = devices.filter(({ kind }) => kind === "access-point");
  const choices = { site: sites, device: accessPoints, none: [] };
  const broken = faults.reduce((sum, { on }) => sum + on.length, 0);
  return (
    <>
      <header class="page-head">
        <div>
          <h1 class="sentence">
            {broken === 0 ? "Nothing is broken on purpose." : `${count(broken, "thing")} broken on purpose.`}
          </h1>
          <p class="quiet">
            Each does the real thing, to the simulated devices or to this controller. {pastWords(progress)}
          </p>
        </div>
        <PutRight none={broken === 0} />
        <a class="to-phone" href="#phone">
          {messages.length === 0 ? "The phone: nothing yet" : `The phone: ${count(messages.length, "message")}`}
        </a>
      </header>
      <div class="breaking">
        <div class="faults">
          {faults.map((fault) => (
            <FaultCard key={fault.what} fault={fault} choices={choices[fault.targets]} />
          ))}
        </div>
        <Phone messages={messages} />
      </div>
    </>
  );
}

const pastWords = ({ past, devices }: Demo["progress"]): string =>
  past === 0
    ? ""
    : `${devices - past} of ${devices} devices are live; at the first start each writes its past six hours before.`;

function PutRight({ none }: { none: boolean }) {
  const said = useSignal("");
  const act = async () => {
    try {
      said.value = (await api.breakSomething({ what: "put-right" })).did;
      await loadDemo();
    } catch (error) {
      said.value = (error as Error).message;
    }
  };
  return (
    <div>
      <button type="button" class={none ? "" : "main-action"} onClick={() => void act()}>
        Put everything right
      </button>
      <p class="quiet" role="status">
        {said.value}
      </p>
    </div>
  );
}
