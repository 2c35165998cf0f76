/** Every bound of this room. */
export const configLimits = {
  /** One document as JSON, well below what a signed body may have. */
  documentBytes: 64 * 1024,
  messageChars: 500,
  /** Devices that one push may change in one transaction; of more, the rest follows in turns. */
  devicesAtOnce: 1_000,
  /** Revisions kept a device, besides the one that is on it. */
  history: 50,
  /** Sends a second, after a start or a push to many. */
  sendsPerSecond: 100,
  /** Changes that wait for their turn. */
  changesWaiting: 500,
  trialMs: { usual: 60_000, least: 10_000, most: 600_000 },
  /** How often it is looked for what is due again. */
  tickMs: 5_000,
  templates: 500,
  groups: 1_000,
  devicesOfGroup: 10_000,
  /** Layers that one device may have. */
  layersOfDevice: 100,
  /** Sources in one call. */
  itemsAtOnce: 2_000,
  drafts: 100,
  draftBytes: 8 * 1024 * 1024,
  /** Changes kept; older ones can't be gone back to. */
  changes: 1_000,
  /** Of a preview: whose changes are told one by one; of the rest, who they are. */
  previewGroups: 1_000,
  previewChanges: 20_000,
  /** Lines of one file that go and come, told one by one, and of all files. */
  previewFileLines: 200,
  previewLines: 20_000,
  /** Lines of a file before times lines after, up to which it is worked out which of them stay. */
  comparedLines: 250_000,
  /** Devices with a problem, after which looking further tells nothing new. */
  problemDevices: 100,
  /** Working out what a change does, as long as the caller waits. */
  surveyMs: 25_000,
  /** Devices of a turn of what follows a change. */
  dueAtOnce: 50,
} as const;
