import type { Context } from "hono";
import { contentHash } from "../model/canonical-json.ts";
import { hasCurrent } from "./etag.ts";
import { CLIENT_CACHE, withCharset } from "./site-files.ts";

/** What browsers are served, by its path: client and elements, each one ES module that imports nothing, and the pages. */
export type ClientFiles = Readonly<Record<string, string>>;

/** They are built when the service is packed, or by a service that runs from its sources. */
export type ClientSource = () => Promise<ClientFiles>;

/** Answers with one of these files. */
export function clientFile(path: string, type = "text/javascript") {
  return async (context: Context, { client }: { client: ClientSource }): Promise<Response> => {
    const body = (await client())[path] as string;
    context.header("Cache-Control", CLIENT_CACHE);
    if (hasCurrent(context, contentHash(body, 16))) return context.body(null, 304);
    return context.body(body, 200, { "Content-Type": withCharset(type) });
  };
}
