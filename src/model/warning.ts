export type WarningCode =
  | "TIMESTAMP_OUTSIDE_TOLERANCE"
  | "TIMESTAMP_IN_FUTURE"
  | "UNKNOWN_MODULE"
  | "UNKNOWN_COURSE"
  | "UNKNOWN_PATHWAY";

/** Something in an accepted event that its sender should know of. */
export type Warning = { code: WarningCode; message: string };
