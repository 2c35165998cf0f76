import { type Block, drop, optionsOf, uciName } from "../uci/index.ts";
import { named } from "./blocks.ts";
import type { Output } from "./output.ts";
import { type Reading, type Section, typed } from "./reading.ts";

export function renderNtp(document: Block, output: Output): void {
  const ntp = document["ntp"] as Block | undefined;
  if (!ntp) return;
  const options = optionsOf(ntp, "ntp");
  drop(options, ["id"]);
  output.section("system", { type: "timeserver", name: uciName(named(ntp["id"], "ntp")), from: "ntp" }, options);
}

export function readNtp({ name, options }: Section, reading: Reading): void {
  const id = name === undefined || name === "ntp" ? {} : { id: name };
  reading.set("ntp", { ...id, ...typed(options, { flags: ["enabled", "enable_server"], lists: ["server"] }) });
}
