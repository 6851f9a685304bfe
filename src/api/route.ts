import type { Context } from "hono";
import type * as z from "zod";
import type { ErrorCode } from "../model/errors.ts";
import type { CatalogSource } from "../service/catalog/catalog-source.ts";
import type { Ingest } from "../service/ingest/ingest.ts";
import type { Store } from "../store/store.ts";
import type { Access, Caller } from "./caller.ts";
import type { ClientSource } from "./client-file.ts";

/** What handlers work with. `openApi` gives the text of the OpenAPI document, `client` the files for browsers. */
export type Services = {
  store: Store;
  catalog: CatalogSource;
  ingest: Ingest;
  openApi: () => Promise<string>;
  client: ClientSource;
  /** Where jobs of this machine leave the files of their runs; none where they do not. */
  runFolder?: string | undefined;
};

/** Who calls, as the route's access asks. @param token where it came another way than in a header */
export type Identify = (token?: string) => Promise<Caller>;

export type Handler = (context: Context, services: Services, identify: Identify) => Response | Promise<Response>;

/**
 * Takes handlers from a file that is read when one of them is first asked for.
 * @param load imports the file
 */
export function handledBy<File>(load: () => Promise<File>): (pick: (file: File) => Handler) => Handler {
  let loading: Promise<File> | undefined;
  return (pick) => {
    let handler: Handler | undefined;
    return async (...asked) => {
      loading ??= load();
      handler ??= pick(await loading);
      return handler(...asked);
    };
  };
}

type Contract = typeof import("../contract/index.ts");
/** The schema of an answer by its name: a route is served without it, and all of them take a while to make. */
export type AnswerName = { [Name in keyof Contract]: Contract[Name] extends z.ZodType ? Name : never }[keyof Contract];

/** One row of the table of routes: what it takes to answer a request, and to describe the answer. */
export type Route = {
  method: "GET" | "POST" | "DELETE";
  path: string;
  access: Access;
  handler: Handler;
  /** What a generated client calls it. */
  operationId: string;
  summary: string;
  answer: AnswerName;
  /** What the answer is, where it is not JSON. */
  mediaType?: "text/javascript";
  query?: z.ZodObject;
  /** Whether it takes a body: events, one or many. */
  takesEvents?: true;
  /** Whether it has an ETag, and answers 304 to whoever has it already. */
  hasETag?: true;
  /** The errors that are its own; what follows from its access, its path and its query is not said again. */
  errors?: readonly ErrorCode[];
};
