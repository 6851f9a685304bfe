import type { Context } from "hono";

/** Names the answer by its ETag. @returns whether the caller has it already, and 304 is enough */
export function isNotModified(context: Context, etag: string): boolean {
  context.header("ETag", etag);
  const known = context.req.header("if-none-match")?.split(",") ?? [];
  return known.some((tag) => tag.trim().replace(/^W\//, "") === etag);
}
