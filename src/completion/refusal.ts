import type { ErrorCode, ErrorExtras } from "../model/errors.ts";

/** Why an event is not taken. */
export type Refusal = { accepted: false; code: ErrorCode; reason: string } & ErrorExtras;
