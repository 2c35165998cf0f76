import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api, type Device, type DeviceTopology } from "../api.ts";
import { cableSentence, learntSentence } from "../behind-words.ts";
import { now } from "../clock.ts";
import { fail, refreshDevice } from "../fleet.ts";
import { mayAct } from "../incident-acts.ts";

const askEveryMs = 60_000;

/** Where its cable was last seen, and what was learnt from it: whoever may, adopts it or says that it is wrong. */
export function HangsOn({ device, timeZone }: { device: Device; timeZone: string | undefined }) {
  const topology = useSignal<DeviceTopology | null>(null);
  const said = useSignal("");
  const look = Math.floor(now.value / askEveryMs);
  // Asked again once a minute, and when somebody declared another parent.
  useEffect(() => {
    let gone = false;
    api.topology(device.id).then((answer) => {
      if (!gone) topology.value = answer;
    }, fail);
    return () => {
      gone = true;
    };
  }, [device.id, device.version, look, topology]);
  const act = (what: "adopt" | "dismiss" | "restore", parent: string) => async () => {
    try {
      topology.value = await api.judgeParent(device.id, what, parent);
      if (what === "adopt") await refreshDevice(device.id);
      said.value = "";
    } catch (error) {
      said.value = (error as Error).message;
    }
  };
  const known = topology.value;
  if (!known) return null;
  const cable = cableSentence(known, now.value, timeZone);
  return (
    <>
      {cable && <p class="quiet">{cable}</p>}
      {known.learnt.map((edge) => (
        <p key={`${edge.how} ${edge.interface}`} class="quiet">
          {learntSentence(edge)}{" "}
          {mayAct() && (edge.standing === "holds" || edge.standing === "counting" || edge.standing === "overruled") && (
            <>
              <button type="button" onClick={() => void act("adopt", edge.parent)()}>
                Declare it
              </button>{" "}
              <button type="button" onClick={() => void act("dismiss", edge.parent)()}>
                It is not
              </button>
            </>
          )}
          {mayAct() && edge.standing === "dismissed" && (
            <button type="button" onClick={() => void act("restore", edge.parent)()}>
              Let it count again
            </button>
          )}
        </p>
      ))}
      {said.value && (
        <p class="problem" role="status">
          {said.value}
        </p>
      )}
    </>
  );
}
