import { millisecondsOf, type Timestamp, toTimestamp } from "../../../src/model/time.ts";

/** A moment of one day: `at("10:00")`, `at("10:00:00.500")`. */
export const at = (clock: string): Timestamp => toTimestamp(Date.parse(`2026-01-18T${clock}Z`));

export const plus = (time: Timestamp, milliseconds: number): Timestamp =>
  toTimestamp(millisecondsOf(time) + milliseconds);
