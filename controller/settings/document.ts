import { keys } from "./keys.ts";

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");
const shown = (value: unknown): string =>
  value === undefined || (Array.isArray(value) && value.length === 0) ? "" : `\`${String(value)}\``;

/** docs/settings.md, whole. */
export function renderSettings(): string {
  const rows = keys.map((key) => {
    const env = key.secret ? `\`${key.env}\`, \`${key.env}_FILE\`` : `\`${key.env}\``;
    return `| \`${key.path}\` | ${env} | ${shown(key.default)} | ${cell(key.description)} Allowed: ${cell(key.allowed)}. |`;
  });
  return `${head}${rows.join("\n")}\n`;
}

const head = `# Settings

One YAML file, every key overridable by environment; a list in the environment is separated by commas. Secrets can be
read from a file named by the variable with \`_FILE\`. A wrong setting stops the start with exit code 78 and one message
that names the key, what was found and what is allowed. This page is made from the schema in \`controller/settings\`.

It listens on loopback unless told otherwise. Beyond loopback it serves TLS only, with the certificate of \`tls.cert\` or
one of its own making (enrolment tokens pin it), unless \`insecure\` is true.

| Key | Environment | Default | Meaning |
|---|---|---|---|
`;
