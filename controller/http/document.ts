import { describeRoute, resolver } from "hono-openapi";
import { z } from "zod";

export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
  faults: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});

/** `media` where it is not JSON. */
type Answers = Record<number, { what: string; schema?: z.core.$ZodType; media?: string }>;

/** What /openapi.json says of a call; every call may also answer with a problem. */
export const describe = (tag: string, summary: string, answers: Answers) =>
  describeRoute({
    tags: [tag],
    summary,
    responses: {
      ...Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, answerOf(answer)])),
      default: {
        description: "A problem (RFC 9457)",
        content: { "application/problem+json": { schema: resolver(problemSchema) } },
      },
    },
  });

const answerOf = ({ what, schema, media = "application/json" }: Answers[number]) => ({
  description: what,
  ...(schema ? { content: { [media]: { schema: resolver(schema as typeof problemSchema) } } } : {}),
});
