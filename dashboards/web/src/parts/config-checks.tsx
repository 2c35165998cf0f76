import { type Check, checkFields, type Draft, newCheck } from "../config-draft.ts";
import { Pick, Text } from "./fields.tsx";

const kinds = [
  ["icmp", "ping"],
  ["tcp", "connection"],
  ["dns", "name look-up"],
  ["http", "web page"],
  ["portal", "sign-in page"],
] as const;
const mostChecks = 32;

/** Whom the device tries to reach. */
export function ConfigChecks({
  draft,
  one,
  change,
}: {
  draft: Draft;
  one: boolean;
  change(part: Partial<Draft>): void;
}) {
  const rows = draft.rows;
  const put = (index: number, row: Check) => change({ rows: rows.map((old, i) => (i === index ? row : old)) });
  const add = () => change({ rows: [...rows, newCheck("icmp", `check-${rows.length + 1}`)] });
  return (
    <fieldset>
      <legend>Whom it checks</legend>
      <Pick
        label="Who is checked"
        value={draft.checks}
        options={[
          ...(one ? [] : [["leave", "leave as they are"] as const]),
          ["own", "only the controller"],
          ["these", "these:"],
        ]}
        set={(checks) =>
          change({
            checks: checks as Draft["checks"],
            ...(checks === "these" && rows.length === 0 ? { rows: [newCheck("icmp", "check-1")] } : {}),
          })
        }
      />
      {draft.checks === "these" && (
        <>
          {rows.map((row, index) => (
            <Row key={index} row={row} number={index + 1} put={(next) => put(index, next)}>
              <button
                type="button"
                aria-label={`Remove ${row.name || `check ${index + 1}`}`}
                onClick={() => change({ rows: rows.filter((_, i) => i !== index) })}
              >
                Remove
              </button>
            </Row>
          ))}
          {rows.length === 0 && <p class="hint">None: it checks nobody.</p>}
          <button type="button" onClick={add} disabled={rows.length >= mostChecks}>
            Add a check
          </button>
        </>
      )}
    </fieldset>
  );
}

function Row({
  row,
  number,
  put,
  children,
}: {
  row: Check;
  number: number;
  put(row: Check): void;
  children: preact.ComponentChildren;
}) {
  const set = (key: string) => (value: string) => put({ ...row, fields: { ...row.fields, [key]: value } });
  return (
    <fieldset class="check-row" aria-label={`Check ${number}`}>
      <Text label="Name" value={row.name} required set={(name) => put({ ...row, name })} />
      <Pick
        label="Kind"
        value={row.kind}
        options={kinds}
        set={(kind) => put({ ...newCheck(kind as Check["kind"], row.name) })}
      />
      {checkFields[row.kind].map(({ key, label, number: isNumber, optional }) => (
        <Text
          key={key}
          label={label}
          value={row.fields[key] ?? ""}
          required={!optional}
          set={set(key)}
          {...(isNumber ? { number: { min: 1, max: 65_535 } } : {})}
        />
      ))}
      {children}
    </fieldset>
  );
}
