import { openApiDocument } from "../contract/openapi/document.ts";
import type { Operation } from "../contract/openapi/operation.ts";
import type { ErrorCode } from "../model/errors.ts";
import { answerOf } from "./answer-of.ts";
import type { Access } from "./caller.ts";
import { PROBLEMS } from "./problems.ts";
import type { Route } from "./route.ts";
import { ROUTES } from "./routes.ts";

/** Of the interface, not of the program: it rises when a client must change. */
const VERSION = "1.0.0";

/** The OpenAPI document, as it is served. It takes a while to make: a bundle has it ready. */
export const openApiText = (): string =>
  JSON.stringify(openApiDocument({ version: VERSION, operations: ROUTES.map(operationOf), problems: PROBLEMS }));

const CALLERS: Record<Access, string> = {
  anyone: "For anyone, without a token.",
  known: "For every caller with a good token.",
  sender:
    "For servers with the scope `waymark:write`, which send for any learner, and for a learner's own page. The token may also stand in the body, as `token`.",
  self: "For the learner, and for callers with the scope `waymark:read`.",
  "waymark:write": "For callers with the scope `waymark:write`.",
  "waymark:read": "For callers with the scope `waymark:read`.",
  "waymark:admin": "For callers with the scope `waymark:admin`.",
};

function operationOf(route: Route): Operation {
  const { method, path, access, operationId, summary, mediaType, query, takesEvents, hasETag } = route;
  return {
    method,
    path,
    operationId,
    summary,
    answer: answerOf(route),
    ...(mediaType && { mediaType }),
    ...(query && { query }),
    ...(takesEvents && { takesEvents }),
    ...(hasETag && { hasETag }),
    callers: CALLERS[access],
    ...(access === "anyone" && { security: [] }),
    ...(access === "sender" && { security: [{ bearer: [] }, {}] }),
    errors: errorsOf(route),
  };
}

/** A service that asks for no token refuses pages from elsewhere with FORBIDDEN, whatever they ask. */
function errorsOf({ path, access, query, errors = [] }: Route): ErrorCode[] {
  const hasInput = path.includes(":") || query !== undefined;
  const ofAccess: ErrorCode[] =
    access === "anyone" ? ["FORBIDDEN"] : ["UNAUTHENTICATED", "FORBIDDEN", "TOO_MANY_REQUESTS", "KEYS_UNAVAILABLE"];
  const readsStore = !["anyone", "known"].includes(access);
  return [
    ...new Set<ErrorCode>([
      ...(hasInput ? (["SCHEMA_VALIDATION_FAILED"] as const) : []),
      ...errors,
      ...ofAccess,
      "INTERNAL_ERROR",
      ...(readsStore ? (["STORE_UNAVAILABLE"] as const) : []),
    ]),
  ];
}
