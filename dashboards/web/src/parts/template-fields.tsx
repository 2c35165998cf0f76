import type { TemplateDraft } from "../template-draft.ts";
import { type TemplateKind, templateKinds, templateKindWords } from "../template-words.ts";
import { Pick, Text } from "./fields.tsx";

interface Props {
  draft: TemplateDraft;
  /** Models or tags that devices have. */
  known: { profile: readonly string[]; tag: readonly string[] };
  change(part: Partial<TemplateDraft>): void;
}

/** Name, whose it is, and which is the stronger. */
export function TemplateFields({ draft, known, change }: Props) {
  const { kind } = draft;
  const there = kind === "profile" || kind === "tag" ? known[kind] : [];
  return (
    <>
      <Text label="Name" value={draft.name} required most={100} set={(name) => change({ name })} />
      <Pick
        label="For whom"
        value={kind}
        options={templateKinds.map((one) => [one, templateKindWords[one]] as const)}
        set={(next) => change({ kind: next as TemplateKind })}
      />
      <div class="pairs">
        {(kind === "profile" || kind === "tag") && (
          <Text
            label={kind === "profile" ? "Models, with commas between" : "Tags, with commas between"}
            value={draft.names}
            required
            placeholder={there.slice(0, 3).join(", ")}
            set={(names) => change({ names })}
          />
        )}
        <Text
          label="Order (higher is stronger)"
          value={draft.order}
          number={{ min: -1000, max: 1000 }}
          set={(order) => change({ order })}
        />
      </div>
    </>
  );
}
