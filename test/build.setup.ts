import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** System tests run what ships. test/run.mjs builds once and says so; a lone `vitest` builds here. */
export default function setup(): void {
  if (process.env["LAMPLIGHTER_BUILT"]) return;
  execFileSync("npm", ["run", "--silent", "build"], {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    stdio: "inherit",
  });
  process.env["LAMPLIGHTER_BUILT"] = "1";
}
