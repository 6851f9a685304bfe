import { createHash } from "node:crypto";
import type { Context } from "hono";
import { isNotModified } from "./not-modified.ts";

/**
 * The client's files by the path at which they are served, each one ES module that imports nothing. They are built when
 * the service is packed, or by a service that runs from its sources.
 */
export type ClientSource = () => Promise<Record<string, string>>;

/** Pages ask again after five minutes, and meanwhile start with what they have. */
const CACHE_CONTROL = "public, max-age=300, stale-while-revalidate=86400";

/** Answers with one of the client's files. */
export function clientFile(path: string) {
  return async (context: Context, { client }: { client: ClientSource }): Promise<Response> => {
    const body = (await client())[path] as string;
    context.header("Cache-Control", CACHE_CONTROL);
    if (isNotModified(context, etagOf(body))) return context.body(null, 304);
    return context.body(body, 200, { "Content-Type": "text/javascript; charset=utf-8" });
  };
}

const etagOf = (body: string): string => `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`;
