import type { ErrorCode } from "../model/errors.ts";

/** What HTTP says of each code. */
export const PROBLEMS: Record<ErrorCode, { status: number; title: string }> = {
  INVALID_JSON: { status: 400, title: "The body is not valid JSON" },
  SCHEMA_VALIDATION_FAILED: { status: 400, title: "The request does not have the expected form" },
  COMPLETION_NOT_REACHED: { status: 400, title: "The completion that is claimed is not reached" },
  MODULE_LOCKED: { status: 400, title: "The module is locked" },
  ATTEMPTS_EXHAUSTED: { status: 400, title: "No attempt is left for this task" },
  MODULE_FULL: { status: 400, title: "No more can be kept of this learner's module" },
  QUIZ_NOT_FOUND: { status: 400, title: "The module has no quiz to grade answers against" },
  WRONG_KIND_OF_RESULT: { status: 400, title: "The task takes another kind of result" },
  UNKNOWN_COURSE: { status: 400, title: "The catalog has no such course" },
  UNKNOWN_PATHWAY: { status: 400, title: "The catalog has no such pathway" },
  UNAUTHENTICATED: { status: 401, title: "The caller is not known" },
  FORBIDDEN: { status: 403, title: "The caller may not do this" },
  NOT_FOUND: { status: 404, title: "Not found" },
  METHOD_NOT_ALLOWED: { status: 405, title: "Method not allowed" },
  LEARNER_DELETED: { status: 410, title: "The learner has been deleted" },
  PAYLOAD_TOO_LARGE: { status: 413, title: "The request is too large" },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: "The content type is not supported" },
  TOO_MANY_REQUESTS: { status: 429, title: "The caller asks too much at once" },
  INTERNAL_ERROR: { status: 500, title: "Something went wrong on our side" },
  KEYS_UNAVAILABLE: { status: 503, title: "The caller cannot be verified now" },
  STORE_UNAVAILABLE: { status: 503, title: "The store cannot take the request now" },
};
