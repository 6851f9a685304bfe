export const WARNING_CODES = [
  "TIMESTAMP_OUTSIDE_TOLERANCE",
  "TIMESTAMP_IN_FUTURE",
  "TIMESTAMP_TOO_OLD",
  "UNKNOWN_MODULE",
  "UNKNOWN_COURSE",
  "UNKNOWN_PATHWAY",
  "UNKNOWN_TASK",
  "UNKNOWN_STEP",
  "UNKNOWN_COMPONENT",
  "UNKNOWN_ITEM",
  "UNKNOWN_QUESTION",
  "SCORE_ABOVE_100",
  "SCORE_BELOW_1",
  "SESSION_ALREADY_ENDED",
  "RETIRED",
  "UNKNOWN_EVENT",
  "COURSES_STAND",
  "LINK_STANDS",
] as const;
export type WarningCode = (typeof WARNING_CODES)[number];

/** Something in an accepted event that its sender should know of. */
export type Warning = { code: WarningCode; message: string };
