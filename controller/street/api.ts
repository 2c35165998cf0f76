import { Problem } from "../base/errors.ts";

type Method = "GET" | "POST" | "PATCH" | "PUT" | "DELETE";

/** The controller's API as any program calls it. Rejects with what the controller said. */
export function createApiClient(url: string, secret: string) {
  return async function call<T>(method: Method, path: string, body?: object): Promise<T> {
    const answer = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${secret}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (answer.ok) return (text === "" ? {} : JSON.parse(text)) as T;
    throw new Problem("conflict", "demo-call", sayingOf(text) ?? `${method} ${path} answered ${answer.status}`);
  };
}
export type Call = ReturnType<typeof createApiClient>;

/** The sentence of a problem document; longer than any list of devices in the demo. */
function sayingOf(text: string): string | undefined {
  try {
    const { detail } = JSON.parse(text) as { detail?: unknown };
    return typeof detail === "string" ? detail.slice(0, 2_000) : undefined;
  } catch {
    return undefined;
  }
}
