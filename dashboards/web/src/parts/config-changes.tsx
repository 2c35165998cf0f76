import { settingName, settingValue } from "../config-words.ts";

export interface Change {
  path: string;
  from?: unknown;
  to?: unknown;
}

/** What changes, setting by setting. */
export function ConfigChanges({ changes }: { changes: readonly Change[] }) {
  if (changes.length === 0) return <p class="quiet">The same settings once more.</p>;
  return (
    <dl class="changes">
      {changes.map(({ path, from, to }) => (
        <div key={path}>
          <dt>{settingName(path)}</dt>
          <dd>
            <span class="quiet">{settingValue(path, from)}</span> → {settingValue(path, to)}
          </dd>
        </div>
      ))}
    </dl>
  );
}
