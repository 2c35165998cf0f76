import { afterEach } from "vitest";
import { undo } from "./undo.ts";

// Here and not in a helper: files share what was loaded, and a helper's own hook would be the first file's only.
afterEach(undo);
