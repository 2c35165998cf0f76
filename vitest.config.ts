import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { defineConfig } from "vitest/config";

/** One after the other: real servers want the machine for themselves. */
const order = ["unit", "timeline", "house", "conformance", "system", "e2e"];
const project = (name: string, include: string[], more: object = {}) => ({
  extends: true as const,
  test: { name, include, sequence: { groupOrder: order.indexOf(name) }, ...more },
});
const real = {
  fileParallelism: false,
  testTimeout: 120_000,
  hookTimeout: 120_000,
  globalSetup: ["test/build.setup.ts"],
};
/** They wait for real time most of theirs: two files at once, each with servers, ports and folders of its own. */
const inPairs = { ...real, fileParallelism: true, maxWorkers: 2 };

const mirrored = "test/{wire,agent,controller,dashboards,firmware-configs}";
/** Whole agents, crashes at every byte, a simulated day: what takes seconds, on one machine without servers. */
const timelines = `${mirrored}/**/*.timeline.test.ts`;
// Rooms keep no module state, so files can share what was loaded. They wait for disks and sockets more than they
// compute: more workers than cores.
const shared = {
  // Whether a disk keeps its word is for the system tests.
  env: { TMPDIR: existsSync("/dev/shm") ? "/dev/shm" : tmpdir() },
  setupFiles: ["test/undo.setup.ts"],
  isolate: false,
  maxWorkers: 3,
  testTimeout: 20_000,
};

export default defineConfig({
  define: { LAMPLIGHTER_VERSION: JSON.stringify("0.0.0-test") },
  test: {
    projects: [
      project("unit", [`${mirrored}/**/*.test.ts`], { ...shared, exclude: [timelines] }),
      project("timeline", [timelines], shared),
      project("house", ["test/house/*.test.ts"], { testTimeout: 60_000, globalSetup: ["test/build.setup.ts"] }),
      project("conformance", ["test/conformance/**/*.test.ts"], real),
      project("system", ["test/system/**/*.test.ts"], inPairs),
      project("e2e", ["test/e2e/**/*.test.ts"], inPairs),
    ],
  },
});
