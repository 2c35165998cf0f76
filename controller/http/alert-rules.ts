import { Hono } from "hono";
import { z } from "zod";
import { type Origin, type RuleEntry, rule } from "../alert/index.ts";
import { invalid, notFound } from "../base/errors.ts";
import { actorOf, type Env } from "./context.ts";
import { describe } from "./document.ts";
import { etagOf, versionSeen } from "./etag.ts";
import { body } from "./input.ts";
import type { HttpNeeds } from "./needs.ts";

const origins = ["default", "file", "own"] as const satisfies readonly Origin[];

const entrySchema = z.object({
  rule,
  /** default: the program's · file: of the folder alert-rules, changed there only · own: made or changed here */
  origin: z.enum(origins),
  /** A default, or one of a file, is behind it: removed, that one is back. */
  replaces: z.boolean(),
  /** 0: not in the records yet. */
  version: z.int(),
  updatedAt: z.int().nullable(),
  /** Devices that it looks at, and those that it finds bad now. */
  devices: z.int(),
  bad: z.int(),
});
const one = { what: "The rule", schema: entrySchema };

/** /alert-rules */
export const alertRules = ({ rules }: Pick<HttpNeeds, "rules">) => {
  const view = (entry: RuleEntry): z.infer<typeof entrySchema> => ({ ...entry, ...rules.standing(entry.rule) });
  return new Hono<Env>()
    .get("/", describe("alerts", "All rules", { 200: { what: "Rules by id", schema: listSchema } }), (c) =>
      c.json({ items: rules.book.all().map(view) }, 200),
    )
    .get("/schema", describe("alerts", "How a rule is written", { 200: { what: "A JSON Schema" } }), (c) =>
      c.json(z.toJSONSchema(rule, { io: "input", unrepresentable: "any" }) as Record<string, unknown>, 200),
    )
    .get("/:id", describe("alerts", "One rule", { 200: one }), (c) => {
      const entry = rules.book.of(c.req.param("id"));
      if (!entry) throw notFound("alert rule", c.req.param("id"));
      c.header("etag", etagOf(entry.version));
      return c.json(view(entry), 200);
    })
    .put("/:id", describe("alerts", "Make or change a rule", { 200: one }), body(rule), async (c) => {
      const made = c.req.valid("json");
      if (made.id !== c.req.param("id"))
        throw invalid("the rule is another", [{ path: "id", message: "as in the URL" }]);
      const entry = await rules.book.put(made, versionSeen(c), actorOf(c));
      c.header("etag", etagOf(entry.version));
      return c.json(view(entry), 200);
    })
    .delete("/:id", describe("alerts", "Remove a rule", { 204: { what: "Removed" } }), async (c) => {
      await rules.book.remove(c.req.param("id"), versionSeen(c), actorOf(c));
      return c.body(null, 204);
    });
};

const listSchema = z.object({ items: z.array(entrySchema) });
