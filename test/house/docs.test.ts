import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { renderSettings } from "../../controller/settings/index.ts";
import { documentSchema } from "../../firmware-configs/index.ts";
import { collectorReadmes } from "./docs/collectors.ts";
import { influxReference } from "./docs/influx.ts";
import { metricsReference } from "./docs/metrics.ts";
import { wireReference } from "./docs/wire.ts";

const top = fileURLToPath(new URL("../..", import.meta.url));
const made: Record<string, () => string | Promise<string>> = {
  "docs/wire.md": wireReference,
  "docs/settings.md": renderSettings,
  "docs/influx.md": influxReference,
  "docs/metrics.md": metricsReference,
  "docs/device-document.schema.json": () => `${JSON.stringify(documentSchema(), null, 1)}\n`,
  ...collectorReadmes,
};

/** `npm run docs` writes them; without it they are compared. */
describe("generated docs are up to date", () => {
  it.each(Object.entries(made))("%s", async (file, make) => {
    const text = await make();
    if (process.env["WRITE_DOCS"]) writeFileSync(`${top}/${file}`, text);
    expect(
      existsSync(`${top}/${file}`) && readFileSync(`${top}/${file}`, "utf8") === text,
      `${file}: run npm run docs`,
    ).toBe(true);
  });
});
