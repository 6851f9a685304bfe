import type { Passing, StoreProxy } from "./store-proxy.ts";

/** What a request to the store is to a policy: `UpdateItem progress`, `Query progress/index/completions`. */
export type StoreCall = string;

/** Every kind of call that went through a proxy, in order of the alphabet. Prefixes are cut off table names. */
export const callsThrough = ({ seen }: StoreProxy): StoreCall[] => [...new Set(seen.flatMap(callsOf))].sort();

function callsOf({ command, body }: Passing): StoreCall[] {
  const index = body.IndexName === undefined ? "" : `/index/${body.IndexName}`;
  return tablesOf(body).map((table) => `${command} ${table.replace(/^.*-/, "")}${index}`);
}

/** One request may be about several tables. */
function tablesOf(body: Passing["body"]): string[] {
  const { TableName, RequestItems } = body;
  if (typeof TableName === "string") return [TableName];
  if (typeof RequestItems === "object" && RequestItems !== null) return Object.keys(RequestItems);
  throw new Error(`Which tables is this about? ${JSON.stringify(body)}`);
}
