import { request } from "node:http";
import type { Cleanup, Controller } from "./harness.ts";

export interface StreamEvent {
  kind: string;
  data: Record<string, unknown>;
}

/** Follows GET /stream as a browser does; what it told so far, in order. Resolves when the stream has said hello. */
export async function follow(
  cleanup: Cleanup,
  { url, cookie }: Controller,
  query: Record<string, string> = {},
): Promise<StreamEvent[]> {
  const told: StreamEvent[] = [];
  let text = "";
  await new Promise<void>((open, fail) => {
    const asked = request(
      new URL(`/api/v1/stream?${new URLSearchParams(query)}`, url),
      { headers: { cookie } },
      (response) => {
        response.setEncoding("utf8").on("data", (part: string) => {
          const events = `${text}${part}`.split("\n\n");
          text = events.pop() ?? "";
          for (const event of events) {
            const kind = /^event: (.*)$/m.exec(event)?.[1];
            const data = /^data: (.*)$/m.exec(event)?.[1];
            if (kind === undefined) continue;
            told.push({ kind, data: JSON.parse(data ?? "{}") });
            open();
          }
        });
        if (response.statusCode !== 200) fail(new Error(`the stream answered ${response.statusCode}`));
        response.on("error", () => {});
      },
    );
    asked.on("error", fail);
    cleanup.add(() => asked.destroy());
    asked.end();
  });
  return told;
}
