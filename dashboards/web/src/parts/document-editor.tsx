import { useEffect, useRef } from "preact/hooks";
import { useAnswer } from "../answer.ts";
import { api } from "../api.ts";
import { type JsonSchema, type Place, type Suggestion, suggestions } from "../schema-words.ts";
import type { LineFault } from "../yaml-text.ts";
import { type CodeEditor, createCodeEditor } from "./code-editor.ts";

interface Props {
  label: string;
  text: string;
  /** Goes up when the text is another one that nobody typed: what is being typed is never overwritten. */
  turn: number;
  readOnly: boolean;
  faults: readonly LineFault[];
  change(text: string): void;
}

const rootKeys: readonly Suggestion[] = [
  { label: "document", kind: "key", detail: "settings of the devices", opens: true },
  { label: "variables", kind: "key", detail: "what texts may refer to", opens: true },
];

/** What a template says, as text; below it, line by line, what is wrong. */
export function DocumentEditor({ label, text, turn, readOnly, faults, change }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<CodeEditor | null>(null);
  const schema = useRef<JsonSchema | null>(null);
  const heard = useRef(change);
  heard.current = change;
  schema.current = useAnswer("schema", api.configSchema).found;
  useEffect(() => {
    if (!host.current) return;
    const suggest = ({ path: [first, ...path], key }: Place): Suggestion[] => {
      if (first === undefined) return key === null ? [...rootKeys] : [];
      return first === "document" && schema.current ? suggestions(schema.current, { path, key }) : [];
    };
    const root = host.current.attachShadow({ mode: "open" });
    const made = createCodeEditor({ root, text, label, readOnly, suggest, change: (next) => heard.current(next) });
    editor.current = made;
    return () => made.stop();
  }, []);
  useEffect(() => {
    if (turn > 0) editor.current?.put(text);
  }, [turn]);
  useEffect(() => editor.current?.show(faults), [JSON.stringify(faults)]);
  return (
    <>
      <div ref={host} class="code" />
      {faults.length > 0 && (
        <ul class="code-faults">
          {faults.map(({ line, message }) => (
            <li key={`${line} ${message}`}>
              <button type="button" class="plain" onClick={() => editor.current?.goTo(line)}>
                Line {line}
              </button>
              <span class="problem">{message}</span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
