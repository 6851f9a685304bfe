import type { EntityRef } from "../../../model/entity.ts";
import type { ErrorCode } from "../../../model/errors.ts";
import type { WarningCode } from "../../../model/warning.ts";

/** Why a row, or an event of it, is not taken: what only an import meets, and what any sender of events is told. */
export type RefusalCode =
  | "RAGGED_ROW"
  | "BAD_CSV"
  | "NO_LEARNER"
  | "NO_ENTITY"
  | "UNKNOWN_VALUE"
  | "NO_DATE"
  | "BAD_DATE"
  | "BAD_SCORE"
  | Extract<WarningCode, "TIMESTAMP_IN_FUTURE" | "TIMESTAMP_TOO_OLD">
  | ErrorCode;

export type Refusal = { code: RefusalCode; reason: string; learner?: string; entity?: EntityRef };

export const isRefusal = (value: unknown): value is Refusal =>
  typeof value === "object" && value !== null && "code" in value && "reason" in value;

/** A line of import-refused.json. */
export type RefusedRow = {
  row: number;
  line: number;
  learner_id: string | null;
  entity: EntityRef | null;
  code: RefusalCode;
  reason: string;
  next_step: string;
};

const NEXT_STEPS: Partial<Record<RefusalCode, string>> = {
  RAGGED_ROW: "Look for a separator or a quote that is missing or too many, and for csv.delimiter in the mapping.",
  BAD_CSV:
    "Look for a quote that is not closed, mend it, and import the file again: what is in already is not added twice.",
  INVALID_JSON: "Each line must be one JSON document.",
  NO_LEARNER: "Give the row an id, or leave it out.",
  NO_ENTITY: "Say in the row what it is about, or leave it out.",
  UNKNOWN_VALUE: "Say in the mapping's values, or columns, what it means; `skip` leaves it out.",
  NO_DATE: "Give the row a time, or the mapping a defaults.completed_at.",
  BAD_DATE: "Compare the mapping's format, locale and time_zone with what the file has.",
  BAD_SCORE: "Compare the mapping's score (decimal, min, max, none) with what the file has.",
  TIMESTAMP_IN_FUTURE: "Mend the time, or the mapping's format.",
  TIMESTAMP_TOO_OLD: "Mend the time: nothing before the year 2000 is believed.",
  UNKNOWN_COURSE: "Publish the course, or map the value to one that the catalog has.",
  UNKNOWN_PATHWAY: "Publish the pathway, or map the value to one that the catalog has.",
  COMPLETION_NOT_REACHED:
    'Import the results that complete it as well, in the same file or before it; give its conditions a `from` later than the row; or let the mapping keep it `"as": "waiver"`.',
  MODULE_LOCKED: "Sort the file by time, or import it again: what has been opened meanwhile is taken then.",
  ATTEMPTS_EXHAUSTED: "The module's max_attempts counts these too: grant attempts, or leave the row out.",
  LEARNER_DELETED: "Leave the row out: nothing is kept of this learner any more.",
  INTERNAL_ERROR: "Import the file again; if it fails again, report it.",
};
const MEND = "Mend the row and import the file again: what is in already is not added twice.";

export const nextStepOf = (code: RefusalCode): string => NEXT_STEPS[code] ?? MEND;
