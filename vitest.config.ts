import { defineConfig } from "vitest/config";

const project = (name: string, include: string[], more: object = {}) => ({
  extends: true as const,
  test: { name, include, ...more },
});
const real = { fileParallelism: false, testTimeout: 60_000, hookTimeout: 60_000, globalSetup: ["test/build.setup.ts"] };

export default defineConfig({
  define: { LAMPLIGHTER_VERSION: JSON.stringify("0.0.0-test") },
  test: {
    projects: [
      project("unit", ["test/{wire,agent,controller,dashboards}/**/*.test.ts"]),
      project("house", ["test/house/*.test.ts"], { testTimeout: 60_000 }),
      project("conformance", ["test/conformance/**/*.test.ts"], real),
      project("system", ["test/system/**/*.test.ts"], real),
      project("e2e", ["test/e2e/**/*.test.ts"], real),
    ],
  },
});
