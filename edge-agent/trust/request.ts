import { type ClientRequest, request as httpRequest } from "node:http";
import { type Dial, dial } from "./pin.ts";

const answerBytes = 64 * 1024;
const answerTimeoutMs = 15_000;

export interface Answer {
  status: number;
  body: string;
}

/** One HTTP call to the controller over a socket whose certificate was checked first. Redirects are not followed.
 *  Rejects on no connection, no answer in 15 s, or more than 64 KiB.
 *  @param write makes the body, once the line stands */
export async function request(
  method: "GET" | "POST",
  url: URL,
  write: (() => string) | undefined,
  how: Dial,
): Promise<Answer> {
  const socket = await dial(url, how);
  const body = write?.();
  return new Promise((done, fail) => {
    const call = httpRequest({
      method,
      // The socket speaks TLS already.
      createConnection: () => socket,
      path: url.pathname + url.search,
      headers: {
        host: url.host,
        connection: "close",
        ...(body === undefined
          ? {}
          : { "content-type": "application/json", "content-length": Buffer.byteLength(body) }),
      },
    });
    const cancel = how.time.after(answerTimeoutMs, () =>
      call.destroy(new Error(`${url.host}: no answer in ${answerTimeoutMs} ms`)),
    );
    const finish = (settle: () => void): void => {
      cancel();
      socket.destroy();
      settle();
    };
    read(call).then(
      (answer) => finish(() => done(answer)),
      (error) => finish(() => fail(error)),
    );
    call.end(body);
  });
}

function read(call: ClientRequest): Promise<Answer> {
  return new Promise((done, fail) => {
    call.on("error", fail);
    call.on("response", (response) => {
      const parts: Buffer[] = [];
      let bytes = 0;
      response.on("data", (part: Buffer) => {
        bytes += part.length;
        if (bytes > answerBytes) call.destroy(new Error(`the answer is over ${answerBytes} bytes`));
        else parts.push(part);
      });
      response.on("error", fail);
      response.on("end", () => done({ status: response.statusCode ?? 0, body: Buffer.concat(parts).toString("utf8") }));
    });
  });
}
