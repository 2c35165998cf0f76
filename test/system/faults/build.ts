import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

/** Bundles the harness's agent into `folder`. @returns its path */
export async function buildAgent(folder: string): Promise<string> {
  const bundle = await rolldown({
    input: fileURLToPath(new URL("agent.ts", import.meta.url)),
    platform: "node",
    transform: { define: { LAMPLIGHTER_VERSION: JSON.stringify("0.0.0-faults") } },
  });
  const file = join(folder, "agent.mjs");
  await bundle.write({ file, format: "esm", codeSplitting: false });
  await bundle.close();
  return file;
}
