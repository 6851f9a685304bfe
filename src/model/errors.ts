/** Every code that an answer can carry. */
export const ERROR_CODES = [
  "INVALID_JSON",
  "SCHEMA_VALIDATION_FAILED",
  "COMPLETION_NOT_REACHED",
  "MODULE_LOCKED",
  "ATTEMPTS_EXHAUSTED",
  "MODULE_FULL",
  "QUIZ_NOT_FOUND",
  "WRONG_KIND_OF_RESULT",
  "UNKNOWN_COURSE",
  "UNKNOWN_PATHWAY",
  "UNAUTHENTICATED",
  "FORBIDDEN",
  "NOT_FOUND",
  "METHOD_NOT_ALLOWED",
  "LEARNER_DELETED",
  "PAYLOAD_TOO_LARGE",
  "UNSUPPORTED_MEDIA_TYPE",
  "TOO_MANY_REQUESTS",
  "INTERNAL_ERROR",
  "KEYS_UNAVAILABLE",
  "STORE_UNAVAILABLE",
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

const OURS: ReadonlySet<ErrorCode> = new Set(["INTERNAL_ERROR", "KEYS_UNAVAILABLE", "STORE_UNAVAILABLE"]);

/** Whether we failed, so that the same may succeed when it is sent again. */
export const isWorthRetrying = (code: ErrorCode): boolean => OURS.has(code);

/** What is wrong at one place of the input; `path` is dotted, empty for the whole. */
export type InputFault = { path: string; message: string };

/** So many faults are told; who mends these finds out about the others. */
const FAULTS_TOLD = 20;
/** Keys and patterns stand in paths and messages, and may be as long as whoever wrote them liked; all names of events fit. */
const MAX_PATH = 500;
const MAX_MESSAGE = 1_000;

/** The first of many faults, and how many more there are. */
export function firstFaults(faults: readonly InputFault[]): { errors: InputFault[]; errors_more?: number } {
  const errors = faults
    .slice(0, FAULTS_TOLD)
    .map(({ path, message }) => ({ path: shortened(path, MAX_PATH), message: shortened(message, MAX_MESSAGE) }));
  const more = faults.length - errors.length;
  return { errors, ...(more > 0 && { errors_more: more }) };
}

const shortened = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most).toWellFormed()}…`;

/** Members of the answer besides the code and what is said of it. */
export type ErrorExtras = { errors?: InputFault[]; [member: string]: unknown };

/** A fault with a stable code that its receiver can act on. `detail` is for people; `extras` go into the answer. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly extras: ErrorExtras;

  constructor(code: ErrorCode, detail: string, { cause, ...extras }: ErrorExtras & { cause?: unknown } = {}) {
    super(detail, cause === undefined ? undefined : { cause });
    this.name = "AppError";
    this.code = code;
    this.extras = extras.errors ? { ...extras, ...firstFaults(extras.errors) } : extras;
  }
}
