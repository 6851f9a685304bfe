import { AppError } from "../../model/errors.ts";
import { FlushFailed } from "./log-flush.ts";

/** SQLite's primary result codes, as far as they ask for different things of people: https://sqlite.org/rescode.html */
const CODES = {
  5: "busy",
  6: "busy",
  8: "read-only",
  10: "unreadable",
  11: "damaged",
  13: "full",
  14: "not to be opened",
  15: "without locks",
  22: "unreadable",
  26: "no database",
} as const satisfies Record<number, string>;
export type SqliteFault = (typeof CODES)[keyof typeof CODES];

/** Of the extended codes of "unreadable", those that say that locks or shared memory do not work here. */
const WITHOUT_LOCKS = new Set([8, 9, 14, 15, 19, 20, 21].map((extension) => 10 | (extension << 8)));

/** What went wrong in SQLite; undefined for an error that is not SQLite's, or a mistake of ours. */
export function sqliteFaultOf(error: unknown): SqliteFault | undefined {
  const { errcode } = error as { errcode?: unknown };
  if (typeof errcode !== "number") return undefined;
  return WITHOUT_LOCKS.has(errcode) ? "without locks" : CODES[(errcode & 0xff) as keyof typeof CODES];
}

/** An item in the file is not what was written. */
export class DamagedItem extends Error {
  constructor(table: string, key: string) {
    super(`An item of the table ${table}, of the kind ${key.replace(/#.*/s, "")}, is damaged`);
    this.name = "DamagedItem";
  }
}

const CHECK = "Stop the service, run npm run check-store, and put the last backup in its place.";
const DETAILS: Partial<Record<SqliteFault, string>> = {
  busy: "Another process keeps the store's file busy. Send the request again, all of it: that is safe.",
  full: "The disk that holds the store is full. Make room; then send the request again, all of it: that is safe.",
  "read-only": "The store's file cannot be written. Let its folder be written again; then send the request again.",
  damaged: `The store's file is damaged. ${CHECK}`,
  "no database": `The store's file is damaged. ${CHECK}`,
};
const NOT_FLUSHED =
  "The disk did not take what was written. Look after it, and start the service again; then send the request again, all of it: that is safe.";
const OTHERWISE =
  "The store's file could not be read or written. Look after its disk; then send the request again, all of it: that is safe.";

/** What whoever called the store is told. Nothing that was acknowledged is lost, and what was not may be sent again. */
export function unavailable(error: unknown): AppError {
  if (error instanceof AppError) return error;
  return new AppError("STORE_UNAVAILABLE", detailOf(error) ?? OTHERWISE, { cause: error });
}

function detailOf(error: unknown): string | undefined {
  if (error instanceof DamagedItem) return DETAILS.damaged;
  if (error instanceof FlushFailed) return NOT_FLUSHED;
  const fault = sqliteFaultOf(error);
  return fault && DETAILS[fault];
}
