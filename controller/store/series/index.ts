export {
  type Aggregate,
  type Outcome,
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
export { openSeries, type SeriesSettings } from "./open.ts";
