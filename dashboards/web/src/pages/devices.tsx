import { computed, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Device } from "../api.ts";
import { counts, inOrder, loaded, siteName, sites } from "../fleet.ts";
import { Rows, rowHeight } from "../parts/rows.tsx";
import { Shell } from "../parts/shell.tsx";
import { SiteFacts } from "../parts/site-facts.tsx";
import { Ago, StateMark } from "../parts/state.tsx";
import { follow, go, query, setQuery } from "../router.ts";
import { count, kindWord, states, stateWords } from "../words.ts";

const filtered = computed(() => {
  const words = query("q").toLowerCase().split(/\s+/).filter(Boolean);
  const [site, state, kind, missing] = [query("site"), query("state"), query("kind"), query("missing")];
  return inOrder.value.filter(
    (d) =>
      (!site || d.site === site) &&
      (!state || d.state === state) &&
      (!kind || d.kind === kind) &&
      (!missing || d.missing > 0) &&
      words.every((w) => haystack(d).includes(w)),
  );
});
const haystack = (d: Device): string =>
  `${d.name} ${d.id} ${d.kind} ${kindWord(d.kind)} ${siteName(d.site)} ${d.tags.join(" ")}`.toLowerCase();
const kinds = ["access-point", "sensor", "gateway", "switch"];

export function Devices() {
  const search = useRef<HTMLInputElement>(null);
  const chosen = useSignal(-1);
  const list = filtered.value;
  useKeys(search, chosen, list);
  const tally = counts(inOrder.value);
  return (
    <Shell title="Devices">
      <header class="page-head">
        <h1>Devices</h1>
        <span class="actions">
          <a href="/import" onClick={follow}>
            Import or export
          </a>
          <a class="main-action" href="/add" onClick={follow}>
            Add a device
          </a>
        </span>
      </header>
      <search class="filters">
        <label>
          <span class="visually-hidden">Search by name, site or kind</span>
          <input
            ref={search}
            type="search"
            placeholder="Search"
            value={query("q")}
            onInput={(e) => setQuery({ q: e.currentTarget.value })}
          />
        </label>
        <Choice
          label="State"
          name="state"
          options={states
            .filter((s) => tally[s] > 0 || query("state") === s)
            .map((s) => [s, `${stateWords[s].mark} ${stateWords[s].word} (${tally[s]})`])}
        />
        <Choice label="Site" name="site" options={[...sites.value.values()].map((s) => [s.id, s.name])} />
        <Choice label="Kind" name="kind" options={kinds.map((k) => [k, kindWord(k)])} />
        {(query("missing") || inOrder.value.some((d) => d.missing > 0)) && (
          <Choice label="Data" name="missing" options={[["true", "something is missing"]]} />
        )}
      </search>
      <ThisSite />
      <p class="quiet" role="status">
        {loaded.value ? count(list.length, "device") : "Looking…"}
        {list.length > 0 && <span class="keys"> · / searches, j and k move, Enter opens</span>}
      </p>
      {loaded.value && list.length === 0 && <Nothing all={inOrder.value.length} />}
      <Rows
        items={list}
        keyOf={(d) => d.id}
        chosen={chosen.value}
        row={(device, isChosen) => <Row device={device} chosen={isChosen} />}
      />
    </Shell>
  );
}

/** What is known of the site that is looked at. */
function ThisSite() {
  const site = sites.value.get(query("site"));
  return site ? <SiteFacts key={site.id} site={site} /> : null;
}

function Row({ device, chosen }: { device: Device; chosen: boolean }) {
  return (
    <a class={chosen ? "row chosen" : "row"} href={`/devices/${device.id}`} onClick={follow}>
      <StateMark state={device.state} />
      <span class="row-name">{device.name}</span>
      <span class="row-site quiet">{siteName(device.site)}</span>
      <span class="row-kind quiet">{kindWord(device.kind)}</span>
      <span class="row-seen quiet number">
        <Ago at={device.lastSeenAt} />
      </span>
    </a>
  );
}

function Choice({ label, name, options }: { label: string; name: string; options: [string, string][] }) {
  return (
    <label>
      <span class="visually-hidden">{label}</span>
      <select value={query(name)} onChange={(e) => setQuery({ [name]: e.currentTarget.value })}>
        <option value="">{label}: all</option>
        {options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

function Nothing({ all }: { all: number }) {
  if (all === 0) {
    return (
      <section class="empty">
        <p>No devices yet. Adding one takes one line on the device.</p>
      </section>
    );
  }
  return (
    <section class="empty">
      <p>None of the {count(all, "device")} fits these filters.</p>
      <button type="button" onClick={() => setQuery({ q: "", site: "", state: "", kind: "", missing: "" })}>
        Show all
      </button>
    </section>
  );
}

/** The list by keyboard: / searches, j and k move, Enter opens, Escape lets go. */
function useKeys(
  search: { current: HTMLInputElement | null },
  chosen: { value: number },
  list: readonly Device[],
): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
      if (event.metaKey || event.ctrlKey || event.altKey) return;
      if (event.key === "Escape" && typing) (event.target as HTMLElement).blur();
      else if (typing) return;
      else if (event.key === "/") search.current?.focus();
      else if (event.key === "j" || event.key === "k") {
        const next = chosen.value + (event.key === "j" ? 1 : -1);
        chosen.value = Math.max(0, Math.min(list.length - 1, next));
        const rows = document.querySelector(".rows");
        const top = (rows?.getBoundingClientRect().top ?? 0) + scrollY + chosen.value * rowHeight;
        scrollTo({ top: top - innerHeight / 2 });
      } else if (event.key === "Enter" && !(event.target instanceof HTMLAnchorElement)) {
        const device = list[chosen.value];
        if (device) go(`/devices/${device.id}`);
        return;
      } else return;
      event.preventDefault();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [search, chosen, list]);
}
