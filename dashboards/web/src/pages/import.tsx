import { type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api, type ImportPlan, type ImportRecord } from "../api.ts";
import { now } from "../clock.ts";
import { fail, loadFleet } from "../fleet.ts";
import { ImportTable } from "../parts/import-table.tsx";
import { Shell } from "../parts/shell.tsx";
import { follow } from "../router.ts";
import { me } from "../session.ts";
import { absolute, ago, count } from "../words.ts";

type Kind = ImportPlan["kind"];
const examples: Record<Kind, string> = {
  sites: `name,latitude,longitude,area,service hours,uplink
Demo library,51.4779,0.3236,Grays Riverside,Mon-Fri 09:00-19:00; Sat 09:00-13:00,fibre
Demo quay,51.4596,0.3521,Tilbury Riverside,always,cellular
`,
  devices: `name,kind,site,tags
"Demo library, ground floor",access-point,Demo library,indoor; phase 1
"Demo library, noise",sensor,Demo library,outdoor
`,
};

/** Sites and devices from a spreadsheet: look, mend, import, undo. */
export function Import() {
  const text = useSignal("");
  const plan = useSignal<ImportPlan | null>(null);
  const problem = useSignal<string | null>(null);
  const busy = useSignal(false);
  const made = useSignal<ImportRecord | "nothing" | null>(null);
  const history = useSignal<ImportRecord[]>([]);
  const list = () => api.imports().then((items) => (history.value = items), fail);
  useEffect(() => {
    if (mayImport()) void list();
  }, []);

  /** Says what went wrong; what was written stays. */
  const attempt = async (work: () => Promise<unknown>) => {
    busy.value = true;
    problem.value = null;
    await work().catch((error: Error) => {
      problem.value = error.message;
    });
    busy.value = false;
  };
  const look = () =>
    attempt(async () => {
      made.value = null;
      plan.value = await api.previewImport({ text: text.value });
    });
  const again = (rows: ImportPlan["rows"]) =>
    attempt(async () => {
      const { kind, columns } = plan.value as ImportPlan;
      const kept = rows.map(({ line, cells }) => ({ line, cells }));
      const { passedOver } = plan.value as ImportPlan;
      plan.value = { ...(await api.previewImport({ kind, columns, rows: kept })), passedOver };
    });
  const bring = () =>
    attempt(async () => {
      const { kind, columns, rows, counts } = plan.value as ImportPlan;
      const kept = rows.map(({ line, cells }) => ({ line, cells }));
      const { create, change } = counts;
      made.value = (await api.import({ kind, columns, rows: kept, create, change })) ?? "nothing";
      plan.value = null;
      await Promise.all([loadFleet(), list()]);
    });
  const undo = (one: ImportRecord) =>
    attempt(async () => {
      await api.undoImport(one.id);
      made.value = null;
      await Promise.all([loadFleet(), list()]);
    });

  return (
    <Shell title="Import">
      <h1>Import sites and devices</h1>
      {mayImport() ? (
        <>
          {problem.value && (
            <p class="problem" role="alert">
              {problem.value}
            </p>
          )}
          {made.value !== null && <Made made={made.value} busy={busy.value} undo={undo} />}
          {plan.value ? (
            <Look plan={plan.value} busy={busy.value} again={again} bring={bring} back={() => (plan.value = null)} />
          ) : (
            <Paste text={text} busy={busy.value} look={look} />
          )}
          <Before history={history.value} busy={busy.value} undo={undo} />
        </>
      ) : (
        <p>You may look, but not import. Somebody with the role operator can.</p>
      )}
      <p>
        Take them out: <a href="/api/v1/exports/sites">sites as CSV</a>,{" "}
        <a href="/api/v1/exports/devices">devices as CSV</a>. Both come back in as they are.
      </p>
    </Shell>
  );
}

const mayImport = (): boolean => me.value?.role !== "viewer";

function Paste({ text, busy, look }: { text: Signal<string>; busy: boolean; look: () => Promise<void> }) {
  const read = async (file: File | undefined) => {
    if (file) text.value = await file.text();
  };
  return (
    <form
      class="paste"
      onSubmit={(event) => {
        event.preventDefault();
        void look();
      }}
    >
      <p>
        Paste from a spreadsheet, or choose a file. The first line names the columns. Nothing is written before you have
        seen what it would do. Sites first: devices name their site.
      </p>
      <label>
        CSV
        <textarea
          rows={10}
          spellcheck={false}
          required
          value={text.value}
          onInput={(e) => {
            text.value = e.currentTarget.value;
          }}
        />
      </label>
      <label>
        or a file
        <input
          type="file"
          accept=".csv,.tsv,.txt,text/csv"
          onChange={(e) => void read(e.currentTarget.files?.[0]).catch(fail)}
        />
      </label>
      <p class="actions">
        <button type="submit" class="main-action" disabled={busy}>
          Show what it would do
        </button>
        {(["sites", "devices"] as const).map((kind) => (
          <button
            key={kind}
            type="button"
            onClick={() => {
              text.value = examples[kind];
            }}
          >
            Example of {kind}
          </button>
        ))}
      </p>
    </form>
  );
}

interface LookProps {
  plan: ImportPlan;
  busy: boolean;
  again: (rows: ImportPlan["rows"]) => Promise<void>;
  bring: () => Promise<void>;
  back: () => void;
}

function Look({ plan, busy, again, bring, back }: LookProps) {
  const { create, change, same, wrong } = plan.counts;
  const one = plan.kind === "sites" ? "site" : "device";
  const nothing = create + change === 0;
  const effect = [...(create > 0 ? [`adds ${create}`] : []), ...(change > 0 ? [`changes ${change}`] : [])].join(", ");
  return (
    <section aria-labelledby="look">
      <h2 id="look">What it would do</h2>
      <p role="status">
        {count(create, `new ${one}`)}, {change} changed, {same} as they are already
        {wrong > 0 ? `. ${count(wrong, "row")} to mend first` : ""}.
      </p>
      {plan.passedOver.length > 0 && <p class="quiet">Columns that mean nothing here: {plan.passedOver.join(", ")}.</p>}
      <ImportTable plan={plan} again={again} />
      <p class="actions">
        <button type="button" class="main-action" disabled={busy || wrong > 0 || nothing} onClick={() => void bring()}>
          {wrong > 0 ? "Mend the rows first" : nothing ? "Nothing to import" : `Import: ${effect}`}
        </button>
        <button type="button" onClick={back}>
          Back to the text
        </button>
      </p>
    </section>
  );
}

interface UndoProps {
  busy: boolean;
  undo: (one: ImportRecord) => Promise<void>;
}

function Made({ made, busy, undo }: { made: ImportRecord | "nothing" } & UndoProps) {
  if (made === "nothing")
    return (
      <p class="arrival here" role="status">
        Everything was so already: nothing was written.
      </p>
    );
  return (
    <p class="arrival here" role="status">
      Done: {what(made)}.{" "}
      <button type="button" disabled={busy} onClick={() => void undo(made)}>
        Undo all of it
      </button>{" "}
      <a href={made.kind === "devices" ? "/devices" : "/"} onClick={follow}>
        See them
      </a>
    </p>
  );
}

const what = ({ kind, created, changed }: ImportRecord): string => `${kind}: ${created} added, ${changed} changed`;

function Before({ history, busy, undo }: { history: ImportRecord[] } & UndoProps) {
  if (history.length === 0) return null;
  return (
    <details class="more">
      <summary>{count(history.length, "earlier import")}</summary>
      <ul class="plain-list">
        {history.map((one) => (
          <li key={one.id}>
            <time dateTime={new Date(one.at).toISOString()} title={absolute(one.at)}>
              {ago(one.at, now.value)}
            </time>
            , {what(one)}{" "}
            {one.undoneAt === null ? (
              <button type="button" disabled={busy} onClick={() => void undo(one)}>
                Undo
              </button>
            ) : (
              <span class="quiet">undone</span>
            )}
          </li>
        ))}
      </ul>
    </details>
  );
}
