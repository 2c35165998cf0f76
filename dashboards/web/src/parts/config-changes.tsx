import { settingName, settingValue } from "../config-words.ts";
import { type LayerNamed, layerWord } from "../template-words.ts";

export interface Change {
  path: string;
  from?: unknown;
  to?: unknown;
  /** Who puts the new value there. */
  by?: readonly LayerNamed[];
}

/** What changes, setting by setting. */
export function ConfigChanges({ changes }: { changes: readonly Change[] }) {
  if (changes.length === 0) return <p class="quiet">The same settings once more.</p>;
  return (
    <dl class="changes">
      {changes.map(({ path, from, to, by = [] }) => (
        <div key={path}>
          <dt>{settingName(path)}</dt>
          <dd>
            <span class="quiet">{settingValue(path, from)}</span> → {settingValue(path, to)}
            {/* What a device says itself is what is being typed. */}
            {by.some(({ kind }) => kind !== "device") && (
              <span class="quiet"> by {by.map(layerWord).join(" and ")}</span>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}
