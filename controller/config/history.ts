import { notFound } from "../base/errors.ts";
import type { Change } from "./change.ts";
import { type Body, type Item, type Source, type SourceKind, shownBody } from "./source.ts";
import type { ConfigChange, Sources } from "./sources.ts";

/** A source as people see it. */
export interface SourceView {
  kind: SourceKind;
  id: string;
  version: number;
  updatedAt: number;
  body: Record<string, unknown>;
}

export const viewOf = ({ kind, id, version, updatedAt, ...body }: Source): SourceView => ({
  ...{ kind, id, version, updatedAt },
  body: shownBody(kind, body),
});

export interface ChangeView extends ConfigChange {
  items: {
    kind: SourceKind;
    id: string;
    before: Record<string, unknown> | null;
    after: Record<string, unknown> | null;
  }[];
}

/** What was changed when, by whom, and the way back. */
export function createHistory({ sources, change }: { sources: Sources; change: Pick<Change, "isThere"> }) {
  const shown = (kind: SourceKind, body: Body | null) => (body === null ? null : shownBody(kind, body));
  return {
    async of(revision: number): Promise<ChangeView> {
      const found = await sources.changeOf(revision);
      if (!found) throw notFound("change", String(revision));
      const items = found.items.map(({ kind, id, before, after }) => ({
        ...{ kind, id },
        before: shown(kind, before),
        after: shown(kind, after),
      }));
      return { ...found, items };
    },
    /** What makes everything as it was after that change. 0: before the first. */
    async backTo(revision: number): Promise<Item[]> {
      const isKept = (await sources.changeHead(revision)) !== null || (await sources.changeHead(revision + 1)) !== null;
      if (!isKept) throw notFound("change", String(revision));
      // Who is gone meanwhile stays gone.
      return (await sources.backTo(revision)).filter(change.isThere);
    },
  };
}
