import type { Context } from "hono";
import { contentHash } from "../model/canonical-json.ts";
import { hasCurrent } from "./etag.ts";

/** The client's files, each one ES module that imports nothing, by the path at which they are served. */
export type ClientFiles = Readonly<Record<string, string>>;

/** They are built when the service is packed, or by a service that runs from its sources. */
export type ClientSource = () => Promise<ClientFiles>;

/** Pages ask again after five minutes, and meanwhile start with what they have. */
const CACHE_CONTROL = "public, max-age=300, stale-while-revalidate=86400";

/** Answers with one of the client's files. */
export function clientFile(path: string) {
  return async (context: Context, { client }: { client: ClientSource }): Promise<Response> => {
    const body = (await client())[path] as string;
    context.header("Cache-Control", CACHE_CONTROL);
    if (hasCurrent(context, contentHash(body, 16))) return context.body(null, 304);
    return context.body(body, 200, { "Content-Type": "text/javascript; charset=utf-8" });
  };
}
