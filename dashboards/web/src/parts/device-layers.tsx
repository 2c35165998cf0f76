import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api, type ConfigExplained } from "../api.ts";
import { settingName, settingValue } from "../config-words.ts";
import { follow } from "../router.ts";
import { isTemplate, type LayerNamed, layerWord } from "../template-words.ts";

/** Who put each of a device's settings there, and what that overrode.
 *  @param revision what is wanted: another one, and it is asked anew */
export function DeviceLayers({ device, revision }: { device: string; revision: number }) {
  const open = useSignal(false);
  const found = useSignal<ConfigExplained | null>(null);
  const problem = useSignal<string | null>(null);
  useEffect(() => {
    if (!open.value) return;
    let gone = false;
    api.explainConfig(device).then(
      (answer) => {
        if (!gone) [found.value, problem.value] = [answer, null];
      },
      (error: Error) => {
        if (!gone) problem.value = error.message;
      },
    );
    return () => {
      gone = true;
    };
  }, [open.value, device, revision]);
  return (
    <details
      class="more"
      onToggle={(event) => {
        open.value = event.currentTarget.open;
      }}
    >
      <summary>Who says what</summary>
      {problem.value && (
        <p class="problem" role="alert">
          {problem.value}
        </p>
      )}
      {found.value && <Explained of={found.value} />}
    </details>
  );
}

function Explained({ of: { layers, values, problems } }: { of: ConfigExplained }) {
  if (layers.length === 0) return <p class="quiet">Nobody says anything about it: it works by its own settings.</p>;
  return (
    <>
      <p class="quiet">The later one holds: {layers.map(layerWord).join(" → ")}.</p>
      {problems.map(({ path, message }) => (
        <p key={`${path} ${message}`} class="problem">
          {settingName(path)}: {message}
        </p>
      ))}
      <dl class="changes">
        {values.map(({ path, value, by, over, variables }) => (
          <div key={path}>
            <dt>{settingName(path)}</dt>
            <dd>
              {settingValue(path, value)}{" "}
              <span class="quiet">
                by <Named layer={by} />
                {variables.map((one) => (
                  <span key={one.name}>
                    , from the variable {one.name}
                    {one.by && (
                      <>
                        {" of "}
                        <Named layer={one.by} />
                      </>
                    )}
                  </span>
                ))}
                {over.length > 0 &&
                  `; instead of ${over.map((one) => `${settingValue(path, one.value)} by ${layerWord(one.by)}`).join(", ")}`}
              </span>
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function Named({ layer }: { layer: LayerNamed }) {
  if (!isTemplate(layer)) return <>{layerWord(layer)}</>;
  return (
    <a href={`/templates/${layer.id}`} onClick={follow}>
      {layerWord(layer)}
    </a>
  );
}
