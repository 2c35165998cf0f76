import { autocompletion, type CompletionContext, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { HighlightStyle, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { type Place, placeAt, type Suggestion } from "../schema-words.ts";
import type { LineFault } from "../yaml-text.ts";

interface Needs {
  /** Its styles are put there: the page's own policy lets no style in by script. */
  root: ShadowRoot;
  text: string;
  label: string;
  readOnly: boolean;
  suggest(place: Place): Suggestion[];
  change(text: string): void;
}

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--link)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--hue-teal)" },
  { tag: [tags.comment, tags.meta, tags.punctuation, tags.separator], color: "var(--quiet)" },
]);

const look = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--card)", border: "1px solid var(--quiet)", borderRadius: "6px" },
  "&.cm-focused": { outline: "3px solid var(--link)", outlineOffset: "2px" },
  ".cm-scroller": { fontFamily: "ui-monospace, monospace", fontSize: "14px", lineHeight: "1.5" },
  // As high as a few sections, also while little is written.
  ".cm-content, .cm-gutter": { minHeight: "280px" },
  ".cm-content": { caretColor: "var(--ink)", padding: "8px 0" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": {
    backgroundColor: "var(--card)",
    color: "var(--quiet)",
    borderRight: "1px solid var(--rule)",
    borderRadius: "6px 0 0 6px",
  },
  ".cm-activeLine": { backgroundColor: "transparent" },
  "&.cm-focused .cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--rule) 30%, transparent)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--rule)",
  },
  ".cm-tooltip": { backgroundColor: "var(--card)", color: "var(--ink)", border: "1px solid var(--quiet)" },
  ".cm-tooltip-autocomplete > ul": { fontFamily: "inherit", maxWidth: "min(80vw, 560px)" },
  ".cm-tooltip-autocomplete > ul > li": { padding: "4px 8px" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--ink)", color: "var(--paper)" },
  ".cm-completionDetail": { fontStyle: "normal", fontSize: "13px", opacity: "0.85", whiteSpace: "normal" },
});

/** A text editor that knows what may be written, and shows what is wrong on its line. Tab leaves it. */
export function createCodeEditor({ root, text, label, readOnly, suggest, change }: Needs) {
  const complete = (context: CompletionContext) => {
    const place = placeAt(context.state.doc.sliceString(0, context.pos));
    if (place.typed === "" && !context.explicit) return null;
    const options = suggest(place).map(({ label: word, kind, detail, opens }) => ({
      label: word,
      detail,
      type: kind === "key" ? "property" : "constant",
      apply: kind === "value" ? word : opens ? `${word}:` : `${word}: `,
    }));
    return { from: context.pos - place.typed.length, options, validFor: /^[\w.-]*$/ };
  };
  const view = new EditorView({
    parent: root,
    root,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        history(),
        drawSelection(),
        highlightActiveLine(),
        indentOnInput(),
        yaml(),
        syntaxHighlighting(colours),
        lintGutter(),
        autocompletion({ override: [complete], icons: false }),
        keymap.of([...completionKeymap, ...defaultKeymap, ...historyKeymap, ...lintKeymap]),
        look,
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false" }),
        EditorState.readOnly.of(readOnly),
        EditorView.updateListener.of(({ docChanged, state }) => {
          if (docChanged) change(state.doc.toString());
        }),
      ],
    }),
  });
  const lineAt = (line: number) => view.state.doc.line(Math.min(Math.max(1, line), view.state.doc.lines));
  return {
    show(faults: readonly LineFault[]): void {
      const found = faults.map(({ line, message }) => {
        const { from, to } = lineAt(line);
        return { from, to, severity: "error" as const, message };
      });
      view.dispatch(setDiagnostics(view.state, found));
    },
    /** Another text in its place; can be undone. */
    put(next: string): void {
      if (next === view.state.doc.toString()) return;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next } });
    },
    goTo(line: number): void {
      view.dispatch({ selection: { anchor: lineAt(line).from }, scrollIntoView: true });
      view.focus();
    },
    stop: () => view.destroy(),
  };
}
export type CodeEditor = ReturnType<typeof createCodeEditor>;
