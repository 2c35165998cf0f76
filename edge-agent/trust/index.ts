export { type Application, type Enrolment, enrol, type Hardware, tokenPins } from "./enrol.ts";
export { syncFolder, writeBytes } from "./file.ts";
export { bodyHash, pinOf } from "./hash.ts";
export { BrokenIdentity, type Identity, type IdentityFile, openIdentity, pseudonymKey } from "./identity.ts";
export { randomName } from "./keys.ts";
export { type Dial, dial, dialTimeoutMs, WrongPin } from "./pin.ts";
export { request } from "./request.ts";
export { type BelievedTime, type Refusal, type Trusted, type Verdict, verifySigned } from "./verify.ts";
