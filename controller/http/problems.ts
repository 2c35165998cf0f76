import type { ErrorHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { type Fault, Problem, type ProblemKind } from "../base/errors.ts";
import { randomId } from "../base/ids.ts";
import type { Log } from "../base/log.ts";
import { StoreAway, TooManyPoints } from "../store/series/index.ts";
import type { Env } from "./context.ts";
import { httpLimits } from "./limits.ts";

/** RFC 9457. */
export interface ProblemDocument {
  /** `urn:lamplighter:problem:<code>`: stable. */
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  /** What is wrong where in the body or query. */
  faults?: readonly Fault[];
  /** Names the line in the log, when it was our fault. */
  incident?: string;
}

const statuses: Record<ProblemKind, { status: ContentfulStatusCode; title: string }> = {
  invalid: { status: 400, title: "The request is wrong" },
  unauthenticated: { status: 401, title: "Not signed in" },
  refused: { status: 403, title: "Not allowed" },
  "not-found": { status: 404, title: "Not found" },
  conflict: { status: 409, title: "Not possible as things are" },
  stale: { status: 412, title: "Changed in the meantime" },
  "too-large": { status: 413, title: "Too large" },
  unprocessable: { status: 422, title: "Too much asked for" },
  "too-many": { status: 429, title: "Too many requests" },
  away: { status: 503, title: "Not available now" },
};

/** The one place where an error becomes an answer. */
export const onError =
  (log: Log): ErrorHandler<Env> =>
  (error, c) => {
    const problem = known(error);
    const incident = problem ? undefined : randomId("incident");
    const { kind, code, message, faults, retryAfterMs } = problem ?? unknownProblem;
    const { status, title } = problem ? statuses[kind] : { status: 500 as const, title: "Our fault" };
    if (incident !== undefined)
      log.error("a request failed", { incident, method: c.req.method, path: c.req.path, error });
    const document: ProblemDocument = {
      type: `urn:lamplighter:problem:${code}`,
      title,
      status,
      detail: message,
      code,
      ...(faults.length > 0 ? { faults } : {}),
      ...(incident === undefined ? {} : { incident }),
    };
    if (status === 401) c.header("www-authenticate", 'Bearer realm="Lamplighter"');
    if (retryAfterMs !== undefined) c.header("retry-after", String(Math.max(1, Math.ceil(retryAfterMs / 1_000))));
    return c.json(document, status, { "content-type": "application/problem+json" });
  };

const unknownProblem = new Problem("away", "internal", "something went wrong here; the log has more");

function known(error: Error): Problem | null {
  if (error instanceof Problem) return error;
  if (error instanceof StoreAway)
    return new Problem("away", "store-away", "measurements cannot be read now; devices keep theirs", {
      retryAfterMs: 5_000,
    });
  if (error instanceof TooManyPoints) return tooManyPoints();
  // Hono's own: JSON that cannot be read.
  if (error instanceof HTTPException && error.status === 400) return new Problem("invalid", "invalid", error.message);
  if (error instanceof HTTPException && error.status === 413) return tooLarge(httpLimits.bodyBytes);
  return null;
}

export const tooManyPoints = (): Problem =>
  new Problem(
    "unprocessable",
    "too-many-points",
    `the answer would have more than ${httpLimits.points} points: ask for less time, a longer "every" or fewer series`,
  );

export const tooLarge = (bytes: number): Problem =>
  new Problem("too-large", "too-large", `the body may have at most ${bytes} bytes`);
