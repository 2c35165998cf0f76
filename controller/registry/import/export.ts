import { csv } from "../../base/csv.ts";
import type { Device } from "../device.ts";
import type { Site } from "../site.ts";
import { deviceColumns, siteColumns } from "./columns.ts";

/** What nobody sets but people want to read: state and the like. */
export interface DeviceFacts {
  state: string;
  /** ISO 8601 with a zone; "" when never. */
  lastHeard: string;
  agent: string;
}

/** As an import reads it back. A cell that a spreadsheet would take for a formula is led by an apostrophe. */
export function sitesCsv(sites: readonly Site[]): string {
  const known = { sites: new Map(sites.map((site) => [site.id, site])) };
  const head = ["id", ...siteColumns.map(({ name }) => name)];
  return csv(
    head,
    sites.map((site) => [site.id, ...siteColumns.map((column) => column.write(site, known))]),
  );
}

export function devicesCsv(
  devices: readonly Device[],
  sites: ReadonlyMap<string, Site>,
  factsOf: (device: Device) => DeviceFacts,
): string {
  const head = ["id", ...deviceColumns.map(({ name }) => name), "state", "last heard", "model", "serial", "agent"];
  const rows = devices.map((device) => {
    const { state, lastHeard, agent } = factsOf(device);
    const hardware = device.hardware ?? { model: "", serial: "" };
    const cells = deviceColumns.map((column) => column.write(device, { sites }));
    return [device.id, ...cells, state, lastHeard, hardware.model, hardware.serial, agent];
  });
  return csv(head, rows);
}
