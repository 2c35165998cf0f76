import { type Signal, useSignal } from "@preact/signals";
import { api, type Site, type SiteChange } from "../api.ts";
import { callLines } from "../cause-words.ts";
import { refreshSites } from "../fleet.ts";
import { hoursChangeOf, hoursDraftOf } from "../hours-draft.ts";
import { mayAct } from "../incident-acts.ts";
import { Pick, Text } from "./fields.tsx";
import { HoursFields } from "./hours-fields.tsx";
import { uplinkWords } from "./site-list.tsx";

/** What is known of a site: its line, whom to call, and a way to change that. */
export function SiteFacts({ site }: { site: Site }) {
  const { uplink, contact } = site;
  const line = uplink
    ? `${uplinkWords[uplink.kind]}${uplink.address ? `, asked at ${uplink.address}` : ""}`
    : "not told";
  return (
    <section class="site-facts" aria-label={site.name}>
      <p>
        <span class="quiet">Serves:</span> {site.serviceHoursText}
        {isPlain(site) ? "" : ", other on some days"}. <span class="quiet">Line:</span> {line}.{" "}
        {callLines(contact).map(({ label, text, href }) => (
          <span key={label}>
            <span class="quiet">{label}:</span> {href ? <a href={href}>{text}</a> : text}.{" "}
          </span>
        ))}
      </p>
      {mayAct() && <ChangeSite site={site} />}
    </section>
  );
}

const isPlain = ({ calendar }: Site): boolean => calendar.holidays === null && calendar.exceptions.length === 0;

const fields = ["name", "kind", "address", "supplier", "phone", "email", "circuit", "note"] as const;
type Draft = Record<(typeof fields)[number], string>;

const draftOf = ({ name, uplink, contact }: Site): Draft => ({
  name,
  kind: uplink?.kind ?? "",
  address: uplink?.address ?? "",
  supplier: contact?.supplier ?? "",
  phone: contact?.phone ?? "",
  email: contact?.email ?? "",
  circuit: contact?.circuit ?? "",
  note: contact?.note ?? "",
});

function changeOf({ name, kind, address, ...contact }: Draft): SiteChange {
  const given = Object.entries(contact).flatMap(([key, text]) => (text.trim() ? [[key, text.trim()] as const] : []));
  const known = (Object.keys(uplinkWords) as (keyof typeof uplinkWords)[]).find((one) => one === kind);
  return {
    name,
    uplink: known ? { kind: known, ...(address.trim() ? { address: address.trim() } : {}) } : null,
    contact: given.length > 0 ? Object.fromEntries(given) : null,
  };
}

function ChangeSite({ site }: { site: Site }) {
  const draft = useSignal(draftOf(site));
  const hours = useSignal(hoursDraftOf(site));
  const said = useSignal<{ good: boolean; text: string } | null>(null);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    try {
      await api.changeSite(site, { ...changeOf(draft.value), ...hoursChangeOf(hours.value) });
      await refreshSites();
      said.value = { good: true, text: "Saved." };
    } catch (error) {
      said.value = { good: false, text: `${(error as Error).message} What you typed is still here.` };
    }
  };
  return (
    <details class="more">
      <summary>Change its name, its hours, its line and whom to call</summary>
      <form class="wish" onSubmit={(event) => void submit(event)}>
        <SiteFields draft={draft} />
        <HoursFields draft={hours} />
        {said.value && (
          <p class={said.value.good ? "" : "problem"} role="status">
            {said.value.text}
          </p>
        )}
        <button type="submit" class="main-action">
          Save
        </button>
      </form>
    </details>
  );
}

function SiteFields({ draft }: { draft: Signal<Draft> }) {
  const set = (key: keyof Draft) => (value: string) => {
    draft.value = { ...draft.value, [key]: value };
  };
  const is = draft.value;
  return (
    <>
      <Text label="Name" required most={100} value={is.name} set={set("name")} />
      <Pick
        label="Line"
        value={is.kind}
        options={[["", "not told"], ...Object.entries(uplinkWords)]}
        set={set("kind")}
      />
      {is.kind !== "" && (
        <Text
          label="Address of its end of the line (asked when the site is silent)"
          placeholder="10.1.2.1 or router.example:443"
          most={300}
          value={is.address}
          set={set("address")}
        />
      )}
      <fieldset>
        <legend>Whom to call</legend>
        <Text label="Supplier" most={100} value={is.supplier} set={set("supplier")} />
        <Text label="Phone" most={40} value={is.phone} set={set("phone")} />
        <Text label="E-mail" most={254} value={is.email} set={set("email")} />
        <Text label="Circuit (how the supplier knows the line)" most={100} value={is.circuit} set={set("circuit")} />
        <Text label="Note" most={300} value={is.note} set={set("note")} />
      </fieldset>
    </>
  );
}
