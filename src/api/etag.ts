import type { Context } from "hono";

/** Says which version an answer is. @returns whether the caller has that one already, and is to be told so with 304 */
export function hasCurrent(context: Context, version: string): boolean {
  const etag = `"${version}"`;
  context.header("ETag", etag);
  const known = context.req.header("if-none-match")?.split(",") ?? [];
  return known.some((tag) => tag.trim().replace(/^W\//, "") === etag);
}
