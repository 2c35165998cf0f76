import { Hono } from "hono";
import { z } from "zod";
import { devicesCsv, importLimits, readTable, sitesCsv, type Table } from "../registry/index.ts";
import { actorOf, type Env } from "./context.ts";
import { describe } from "./document.ts";
import { body } from "./input.ts";
import type { HttpNeeds } from "./needs.ts";

const kind = z.enum(["sites", "devices"]);
const cell = z.string().max(importLimits.cellChars * 2);
/** Text as it was pasted, or rows as they were mended: `line` is where each stood. */
const wish = {
  kind: kind.optional(),
  text: z.string().max(importLimits.textChars, `at most ${importLimits.textChars} characters at once`).optional(),
  columns: z.array(cell).max(importLimits.columns).optional(),
  rows: z
    .array(z.strictObject({ line: z.int().min(1), cells: z.array(cell).max(importLimits.columns) }))
    .max(importLimits.rows, `at most ${importLimits.rows} rows at once`)
    .optional(),
};
const previewWish = z.strictObject(wish);
const importWish = z.strictObject({ ...wish, kind, create: z.int().min(0), change: z.int().min(0) });

const planSchema = z.object({
  kind,
  columns: z.array(z.string()),
  passedOver: z.array(z.string()),
  rows: z.array(
    z.object({
      line: z.int(),
      cells: z.array(z.string()),
      effect: z.enum(["create", "change", "same", "wrong"]),
      id: z.string().nullable(),
      problems: z.array(z.object({ column: z.string(), message: z.string() })),
      changes: z.array(z.object({ column: z.string(), from: z.string(), to: z.string() })),
    }),
  ),
  counts: z.object({ create: z.int(), change: z.int(), same: z.int(), wrong: z.int() }),
});
const recordSchema = z.object({
  id: z.string(),
  kind,
  by: z.object({ kind: z.string(), id: z.string() }),
  at: z.int(),
  created: z.int(),
  changed: z.int(),
  undoneAt: z.int().nullable(),
});

const tableOf = ({ text, columns, rows }: z.infer<typeof previewWish>): Table =>
  columns && rows
    ? { columns, rows: rows.map(({ line, cells }) => ({ line, cells: cells.map((one) => one.trim()) })) }
    : readTable(text ?? "");

/** /imports: sites and devices from a spreadsheet. */
export const imports = ({ registry }: Pick<HttpNeeds, "registry">) =>
  new Hono<Env>()
    .get(
      "/",
      describe("imports", "Imports that were made, newest first", {
        200: { what: "Imports", schema: z.object({ items: z.array(recordSchema) }) },
      }),
      async (c) => c.json({ items: await registry.imports.list() }, 200),
    )
    .post(
      "/preview",
      describe("imports", "What an import would do; nothing is written", {
        200: { what: "Row by row", schema: planSchema },
      }),
      body(previewWish),
      (c) => {
        const asked = c.req.valid("json");
        return c.json(registry.imports.plan(tableOf(asked), asked.kind), 200);
      },
    )
    .post(
      "/",
      describe("imports", "Import what the preview showed: all rows or none", {
        200: { what: "The import; null: everything was so already", schema: recordSchema.nullable() },
      }),
      body(importWish),
      async (c) => {
        const { create, change, ...asked } = c.req.valid("json");
        const made = await registry.imports.apply(actorOf(c), tableOf(asked), asked.kind, { create, change });
        return c.json(made, 200);
      },
    )
    .post(
      "/:id/undo",
      describe("imports", "Take an import back: all of it or nothing", {
        200: { what: "The import", schema: recordSchema },
      }),
      async (c) => c.json(await registry.imports.undo(actorOf(c), c.req.param("id")), 200),
    );

const csv = (summary: string) =>
  describe("imports", summary, { 200: { what: "As an import reads it", schema: z.string(), media: "text/csv" } });
const file = (name: string) => ({
  "content-type": "text/csv; charset=utf-8",
  "content-disposition": `attachment; filename="${name}"`,
});

/** /exports: what an import reads back. */
export const exported = ({ registry, presence }: Pick<HttpNeeds, "registry" | "presence">) =>
  new Hono<Env>()
    .get("/sites", csv("All sites as CSV"), (c) => c.body(sitesCsv(registry.sites()), 200, file("sites.csv")))
    .get("/devices", csv("All devices as CSV"), (c) => {
      const sites = new Map(registry.sites().map((site) => [site.id, site]));
      const text = devicesCsv(registry.devices(), sites, ({ id }) => {
        const { state, lastSeenAt, birth } = presence.of(id);
        const lastHeard = lastSeenAt === null ? "" : new Date(lastSeenAt).toISOString();
        return { state, lastHeard, agent: birth?.agent ?? "" };
      });
      return c.body(text, 200, file("devices.csv"));
    });
