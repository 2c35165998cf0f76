import type { ConfigPreview } from "../api.ts";
import { effectSentences, problemName } from "../config-words.ts";
import { count } from "../words.ts";
import { ConfigChanges } from "./config-changes.tsx";

interface Props {
  preview: ConfigPreview;
  /** Another one is on its way: this one may be of what was typed before. */
  isOld: boolean;
}

const namesAtMost = 8;

/** What sending would do, before it is done. */
export function ConfigEffect({ preview, isOld }: Props) {
  const { devices, changing, effect, problems, groups } = preview;
  return (
    <div aria-busy={isOld} aria-live="polite">
      {problems.length > 0 ? (
        <>
          <p class="problem">This can't be sent yet. Nothing you typed is lost.</p>
          <ul class="problem">
            {problems.map(({ path, message, devices: of }) => (
              <li key={`${path} ${message}`}>
                {problemName(path)}: {message}
                {of < devices && ` (${count(of, "device")})`}
              </li>
            ))}
          </ul>
        </>
      ) : (
        <p class="standing">{effectSentences(changing, devices, effect).join(" ")}</p>
      )}
      {groups.length > 0 && problems.length === 0 && (
        <details class="more">
          <summary>What changes, setting by setting</summary>
          {groups.map(({ devices: same, changes }) => (
            <section key={same[0]?.id}>
              <h3>
                {same.length === changing && changing > namesAtMost
                  ? `All ${count(changing, "device")}`
                  : same
                      .slice(0, namesAtMost)
                      .map((d) => d.name)
                      .join(", ")}
                {same.length > namesAtMost && same.length < changing && ` and ${same.length - namesAtMost} more`}
              </h3>
              <ConfigChanges changes={changes} />
            </section>
          ))}
        </details>
      )}
    </div>
  );
}
