import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { type Availability, api } from "../api.ts";
import {
  availabilitySentence,
  causes,
  causeWords,
  type Figures,
  isMonth,
  monthBeside,
  monthWords,
  peopleWords,
  shareWords,
  timeWords,
  worstFirst,
} from "../availability-words.ts";
import { now } from "../clock.ts";
import { fail, siteName, sites } from "../fleet.ts";
import { browserZone } from "../names.ts";
import { AvailabilityTable } from "../parts/availability-table.tsx";
import { Pick } from "../parts/fields.tsx";
import { Shares } from "../parts/share-bar.tsx";
import { Shell } from "../parts/shell.tsx";
import { follow, query, setQuery } from "../router.ts";
import { count } from "../words.ts";
import { localAt } from "../zoned.ts";

/** How much of a month devices and sites were there. */
export function AvailabilityPage() {
  const thisMonth = localAt(now.value, browserZone).slice(0, 7);
  const month = isMonth(query("month")) ? query("month") : thisMonth;
  const site = query("site");
  const { report, more } = useReport(month, site);
  const to = (next: string) => setQuery({ month: next === thisMonth ? "" : next });
  return (
    <Shell title={`Availability, ${monthWords(month)}`}>
      <header class="page-head">
        <h1>Availability in {monthWords(month)}</h1>
        <a class="button" href={`/api/v1/availability.csv?month=${month}${site ? `&site=${site}` : ""}`} download>
          Download as CSV
        </a>
      </header>
      <search class="filters months">
        <button type="button" onClick={() => to(monthBeside(month, -1))}>
          ‹ {monthWords(monthBeside(month, -1))}
        </button>
        <label>
          Month
          <input
            type="month"
            value={month}
            max={thisMonth}
            onChange={(e) => isMonth(e.currentTarget.value) && to(e.currentTarget.value)}
          />
        </label>
        <button type="button" disabled={month >= thisMonth} onClick={() => to(monthBeside(month, 1))}>
          {monthWords(monthBeside(month, 1))} ›
        </button>
        <Pick
          label="Site"
          value={site}
          options={[["", "all sites"], ...[...sites.value.values()].map(({ id, name }) => [id, name] as const)]}
          set={(id) => setQuery({ site: id })}
        />
      </search>
      {report === null ? (
        <p class="quiet">Looking…</p>
      ) : (
        <Report report={report} site={site} isNow={month === thisMonth} more={more} />
      )}
    </Shell>
  );
}

interface ReportProps {
  report: Availability;
  site: string;
  isNow: boolean;
  more: (() => void) | null;
}

function Report({ report, site, isNow, more }: ReportProps) {
  const { all, note, sites: places, devices } = report;
  if (devices.items.length === 0)
    return (
      <section class="empty">
        <p role="status">{note ?? "Nothing is known of any device in this month."}</p>
        <p>
          It counts from the first start of this version on, for every device that was seen, within the service hours of
          its site.
        </p>
      </section>
    );
  const items = more === null ? worstFirst(devices.items) : devices.items;
  return (
    <>
      <p class="sentence" role="status">
        {availabilitySentence(all, site ? siteName(site) : "the whole estate", isNow)}
      </p>
      {note !== null && <p class="refusal">{note}</p>}
      <Shares figures={all} />
      <Causes figures={all} />
      {site === "" && (
        <section aria-labelledby="sites">
          <h2 id="sites">By site</h2>
          <AvailabilityTable
            caption="Sites, the worst first"
            what="Site"
            rows={worstFirst(places).map(({ id, name, devices: many, figures }) => ({
              key: id ?? "",
              name:
                id === null ? (
                  name
                ) : (
                  <a href={siteLink(id)} onClick={follow}>
                    {name}
                  </a>
                ),
              note: count(many, "device"),
              figures,
            }))}
          />
        </section>
      )}
      <section aria-labelledby="devices">
        <h2 id="devices">By device</h2>
        <AvailabilityTable
          caption={more === null ? "Devices, the worst first" : "Devices by name"}
          what="Device"
          rows={items.map(({ id, name, site: place, removed, figures }) => ({
            key: id,
            name: removed ? (
              name
            ) : (
              <a href={`/devices/${id}`} onClick={follow}>
                {name}
              </a>
            ),
            note: [site === "" ? siteName(place) : "", removed ? "removed since" : ""].filter(Boolean).join(" · "),
            figures,
          }))}
        />
        {more !== null && (
          <button type="button" onClick={more}>
            More devices
          </button>
        )}
      </section>
      <Meaning />
    </>
  );
}

function siteLink(site: string): string {
  const month = query("month");
  return `/availability?${new URLSearchParams({ ...(month ? { month } : {}), site })}`;
}

function Causes({ figures }: { figures: Figures }) {
  const all = causes(figures);
  const online =
    figures.availabilityOnline !== null && figures.availabilityOnline !== figures.availability
      ? figures.availabilityOnline
      : null;
  return (
    <>
      {all.length > 0 && (
        <section aria-labelledby="causes">
          <h2 id="causes">What was lost</h2>
          <ul class="causes">
            {all.map(({ cause, ms, share }) => (
              <li key={cause}>
                <span>{causeWords[cause]}</span>
                <span class="cause-bar" aria-hidden="true">
                  <span style={{ width: `${share * 100}%` }} />
                </span>
                <span class="number">
                  {timeWords(ms)} <span class="quiet">({Math.round(share * 100)} %)</span>
                </span>
              </li>
            ))}
          </ul>
          <p>
            For the devices that are usually on at those hours:{" "}
            {figures.lostClientMs === null
              ? "not known, because too little is known of what is usual."
              : `${peopleWords(figures.lostClientMs)} lost.`}
          </p>
        </section>
      )}
      {online !== null && (
        <p>
          {shareWords(online)} where time in which only the line was down counts as lost: the device was there, but
          nobody was online through it.
        </p>
      )}
      {figures.revised && <p>Revised: something of it became known only when a device delivered what it had kept.</p>}
    </>
  );
}

function Meaning() {
  return (
    <details class="more">
      <summary>How this is counted</summary>
      <p>
        There ÷ (there + lost), within the service hours of each site and by its clocks. Lost is what was down, or out
        of reach with its whole site. What the controller could not see is “not known”, and planned work is “left out”,
        unless it was made to count: neither is taken for good or bad. “Lost × usually on” is lost time by how many
        devices are usually on at that hour of the week.
      </p>
    </details>
  );
}

/** A page of devices at a time; those that were asked for later come behind. */
function useReport(month: string, site: string) {
  const report = useSignal<{ key: string; report: Availability } | null>(null);
  const key = `${month} ${site}`;
  const load = (cursor?: string) =>
    void api.availability({ month, ...(site ? { site } : {}), ...(cursor ? { cursor } : {}) }).then((next) => {
      const before = cursor ? (report.peek()?.report.devices.items ?? []) : [];
      const devices = { ...next.devices, items: [...before, ...next.devices.items] };
      report.value = { key, report: { ...next, devices } };
    }, fail);
  useEffect(() => load(), [key]);
  const is = report.value?.key === key ? report.value.report : null;
  const next = is?.devices.next ?? null;
  return { report: is, more: next === null ? null : () => load(next) };
}
