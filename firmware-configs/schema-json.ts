import { z } from "zod";
import { configDocument } from "./document.ts";

/** For editors: what a document may say, with descriptions, units and what holds by default. */
export const documentSchema = (): object =>
  z.toJSONSchema(configDocument, { target: "draft-2020-12", io: "input", reused: "ref", unrepresentable: "any" });
