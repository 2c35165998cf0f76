export {
  type Aggregate,
  type DeviceHour,
  type ImportedBucket,
  type Outcome,
  type PendingHours,
  type Retention,
  type Series,
  type SeriesAnswer,
  type SeriesQuery,
  type SeriesStore,
  StoreAway,
  type StoredPoint,
  seriesLimits,
  TooManyPoints,
} from "./contract.ts";
export { createEmbeddedSeries, type EmbeddedNeeds } from "./embedded/index.ts";
export { createInfluxSeries, type InfluxNeeds } from "./influx/index.ts";
export { openSeries, retentionOf, type SeriesSettings } from "./open.ts";
export { type Kept, type Row, rollUp } from "./rollup/compute.ts";
export { hourMs, hourOf, type Level, type Resolution } from "./rollup/levels.ts";
