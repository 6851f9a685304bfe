import type * as z from "zod";
import * as answers from "../contract/index.ts";
import type { Route } from "./route.ts";

/** What a route answers. */
export function answerOf({ answer }: Pick<Route, "answer">): z.ZodType {
  // biome-ignore lint/performance/noDynamicNamespaceImportAccess: what serves routes does not import this file.
  return answers[answer];
}
