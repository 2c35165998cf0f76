/** Copies of a controller's data while it runs, and the way back (DESIGN §10). */
export { type Restored, type RestoreNeeds, restoreBackup } from "./restore.ts";
export { shortestPassphrase } from "./sealed.ts";
export type { Progress } from "./snapshot.ts";
export { type Backup, type BackupNeeds, writeBackup } from "./write.ts";
