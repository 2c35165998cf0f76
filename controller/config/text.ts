import { Context, Liquid, type Template } from "liquidjs";
import type { FillText } from "../../firmware-configs/index.ts";

/** Of one text. Work is counted, not timed: a busy machine would refuse what an idle one takes. */
export const textLimits = {
  templateChars: 16 * 1024,
  resultChars: 16 * 1024,
  /** Letters and list entries that are made on the way. */
  memory: 256 * 1024,
  /** Parts rendered, each round of a loop anew. */
  steps: 10_000,
  /** Texts kept ready; a fleet shares them. */
  parsed: 2_000,
} as const;

/** What makes the same of the same: nothing that reads the clock, draws lots, or opens a file. */
const filters = new Set(
  `abs append at_least at_most capitalize ceil concat default divided_by downcase escape first floor join last lstrip
  minus modulo plus prepend remove remove_first replace replace_first reverse round rstrip size slice sort split strip
  times truncate uniq upcase url_encode`.split(/\s+/),
);
/** No capture: what it gathers is bounded by nothing. */
const tags = new Set(["assign", "case", "comment", "for", "if", "unless", "raw", "break", "continue"]);

/** Liquid, bounded. What it can't make of a text it throws as a sentence. */
export function createText(): FillText {
  const engine = new Liquid({
    strictVariables: true,
    strictFilters: true,
    ownPropertyOnly: true,
    parseLimit: textLimits.templateChars,
    memoryLimit: textLimits.memory,
    // No file is looked for.
    templates: {},
  });
  for (const name of Object.keys(engine.filters)) if (!filters.has(name)) delete engine.filters[name];
  for (const name of Object.keys(engine.tags)) if (!tags.has(name)) delete engine.tags[name];
  const parsed = new Map<string, Template[]>();

  function parse(text: string): Template[] {
    const known = parsed.get(text);
    if (known) return known;
    const fresh = engine.parse(text);
    if (parsed.size >= textLimits.parsed) parsed.clear();
    parsed.set(text, fresh);
    return fresh;
  }

  function contextOf(scope: object): Context {
    let steps = 0;
    const renderLimit = {
      check(): void {
        steps += 1;
        if (steps > textLimits.steps) throw new Error("render limit exceeded");
      },
    };
    // Its own limit is a clock; only its one method is ever called.
    const limits = { renderLimit: renderLimit as unknown as Context["renderLimit"], liquid: engine };
    return new Context(scope, engine.options, {}, limits);
  }

  return (text, scope) => {
    if (text.length > textLimits.templateChars)
      throw new Error(`a text with variables has at most ${textLimits.templateChars} letters`);
    let made: unknown;
    try {
      made = engine.renderSync(parse(text), contextOf(scope));
    } catch (error) {
      throw new Error(sentenceOf(error));
    }
    const result = String(made);
    if (result.length > textLimits.resultChars)
      throw new Error(`the text becomes ${result.length} letters long; ${textLimits.resultChars} are allowed`);
    return result;
  };
}

/** Without where in the text, which is short, and without the text, which may hold anything. */
function sentenceOf(error: unknown): string {
  const message = error instanceof Error ? error.message.split("\n")[0] : String(error);
  const said = (message ?? "").replace(/, line:\d+, col:\d+.*$/, "").replace(/, file:.*$/, "");
  const missing = /^undefined variable: (.+)$/.exec(said)?.[1];
  if (missing !== undefined) return `there is no variable "${missing.slice(0, 100)}"`;
  if (/render limit exceeded|memory alloc limit exceeded|parse length limit exceeded/.test(said))
    return "the text takes too much work to make";
  return said.slice(0, 200);
}
