import type { MiddlewareHandler } from "hono";

/** What says nothing of a learner: there a browser or a proxy may keep the answer, and ask by its ETag. */
const PUBLIC = new Set(["/catalog", "/health"]);

/**
 * No answer is taken for something else than its type says, and none about a learner is kept by a browser or a proxy,
 * where the next person at the machine could find it.
 */
export const protectAnswers: MiddlewareHandler = async (context, next) => {
  // Before the answer is made: to change one that is made, it must be made again.
  context.header("X-Content-Type-Options", "nosniff");
  // Any answer but a short one may be compressed, and a cache between must not hand it to who cannot read it.
  context.header("Vary", "Accept-Encoding", { append: true });
  if (!PUBLIC.has(context.req.path)) context.header("Cache-Control", "private, no-store");
  await next();
};
