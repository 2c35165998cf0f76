export { type Application, enrol, type Hardware, tokenPins } from "./enrol.ts";
export { readOwn, syncFolder, writeBytes, writeWhole } from "./file.ts";
export { hashText, pinOf } from "./hash.ts";
export { BrokenIdentity, type IdentityFile, openIdentity, pseudonymKey } from "./identity.ts";
export { randomName } from "./keys.ts";
export { type Dial, dial, dialTimeoutMs, WrongPin } from "./pin.ts";
export { request } from "./request.ts";
export { type BelievedTime, type BodyOf, refusalSentence, type Trusted, verifySigned } from "./verify.ts";
