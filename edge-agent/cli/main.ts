import { runAgent } from "./agent.ts";

// The entry of the one bundled file. A fault that nobody caught is said and ends the agent: whatever starts it again
// finds every batch that was flushed.
runAgent(process.argv.slice(2), process.env).then(
  (code) => process.exit(code),
  (error) => {
    process.stderr.write(`lamplighter agent: ${String(error?.stack ?? error)}\n`);
    process.exit(70);
  },
);
