import { Hono } from "hono";
import { z } from "zod";
import type { Env } from "./context.ts";
import { describe } from "./document.ts";
import { query } from "./input.ts";
import { httpLimits } from "./limits.ts";
import type { HttpNeeds } from "./needs.ts";
import { pageOf, pageOfRows, pageQuery, rowCursor } from "./pages.ts";

const who = z.object({ kind: z.string(), id: z.string() });
const rowSchema = z.object({
  id: z.int(),
  at: z.int(),
  actor: who,
  action: z.string(),
  subject: who,
  before: z.unknown(),
  after: z.unknown(),
});
const auditQuery = z.strictObject({
  ...pageQuery,
  /** As "site:site-abcdefgh". */
  subject: z
    .string()
    .regex(/^[a-z-]{1,32}:.{1,80}$/, "<kind>:<id>")
    .optional(),
});

/** /audit: who changed what, newest first. */
export const audit = ({ auth }: Pick<HttpNeeds, "auth">) =>
  new Hono<Env>().get(
    "/",
    describe("people", "Who changed what", { 200: { what: "Newest first", schema: pageOf(rowSchema) } }),
    query(auditQuery),
    async (c) => {
      const asked = c.req.valid("query");
      const limit = asked.limit ?? httpLimits.pageItemsUsual;
      const before = rowCursor(asked.cursor);
      const colon = asked.subject?.indexOf(":") ?? -1;
      const subject =
        asked.subject === undefined
          ? {}
          : { subject: { kind: asked.subject.slice(0, colon), id: asked.subject.slice(colon + 1) } };
      const rows = await auth.audit.list({ limit: limit + 1, ...subject, ...(before === undefined ? {} : { before }) });
      return c.json(
        pageOfRows(rows, limit) as unknown as { items: z.infer<typeof rowSchema>[]; next: string | null },
        200,
      );
    },
  );
