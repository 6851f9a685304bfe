// Every answer and error of the service as a schema. Types on the wire follow from these.
export * from "./browser-module.ts";
export * from "./catalog.ts";
export * from "./completions.ts";
export * from "./data-summary.ts";
export * from "./deletion.ts";
export * from "./event-results.ts";
export type { EventFields } from "./event-schemas.ts";
export * from "./explanation.ts";
export * from "./export.ts";
export * from "./health.ts";
export * from "./history.ts";
export * from "./learner.ts";
export * from "./learners.ts";
export * from "./problem.ts";
export * from "./runs.ts";
export { EntityRef, EntityType, Missing, Ratio, Time } from "./values.ts";
