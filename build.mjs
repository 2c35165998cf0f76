// Bundles what runs: the command (ESM, packages external), the series worker, and the agent as one file that needs
// nothing but Node. `--prepare` is npm's hook: it builds only where the tools are installed.
import { existsSync } from "node:fs";
import { cp, mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const top = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);

if (process.argv.includes("--prepare") && !existsSync(join(top, "node_modules/vite"))) process.exit(0);
if (process.argv.includes("--prepare")) {
  const { build } = await import("vite");
  await build({ logLevel: "warn", root: join(top, "dashboards/web"), configFile: join(top, "vite.config.ts") });
}

const { rolldown } = await import("rolldown");
const { version } = require("./package.json");
const define = { LAMPLIGHTER_VERSION: JSON.stringify(version) };

const inputs = {
  lamplighter: "lamplighter.ts",
  "series-worker": "controller/store/series/embedded/worker.ts",
  "street-worker": "controller/street/fleet/worker.ts",
};
const external = (id) => !id.startsWith(".") && !id.startsWith("/") && !id.startsWith("#");
const controller = await rolldown({ cwd: top, input: inputs, platform: "node", external, transform: { define } });
await controller.write({
  dir: join(top, "dist"),
  format: "esm",
  entryFileNames: "[name].js",
  chunkFileNames: "chunks/[name]-[hash].js",
  sourcemap: true,
});

// mqtt.js brings what Node has already, timers for browsers, a debugger, and proxies that no street device uses: 389 kB as it is.
const stub = join(top, "edge-agent/link/stubs");
// What the agent never calls: a WebSocket server, mqtt.js's own ways to dial, the cache of MQTT 5's topic aliases.
const unused = /node_modules\/(ws\/lib\/websocket-server|mqtt\/build\/lib\/connect\/index|lru-cache\/.*)\.js$/;
const leaveOut = { name: "leave-out", load: (id) => (unused.test(id) ? "module.exports = {};" : null) };
const agent = await rolldown({
  cwd: top,
  input: { agent: "edge-agent/cli/main.ts" },
  platform: "node",
  plugins: [leaveOut],
  transform: { define },
  resolve: {
    alias: {
      "readable-stream": "node:stream",
      buffer: "node:buffer",
      "worker-timers": join(stub, "timers.ts"),
      socks: join(stub, "nothing.ts"),
      debug: join(stub, "debug.cjs"),
    },
  },
});
await agent.write({ file: join(top, "dist/agent.cjs"), format: "cjs", codeSplitting: false, minify: true });

// The API's docs page is served from here: nothing is fetched from elsewhere.
const swagger = dirname(require.resolve("swagger-ui-dist/package.json"));
await mkdir(join(top, "dist/docs-page"), { recursive: true });
for (const file of ["swagger-ui.css", "swagger-ui-bundle.js"]) {
  await cp(join(swagger, file), join(top, "dist/docs-page", file));
}
