import { readFileSync } from "node:fs";

/** A request of the README's session, and the answer that stands under it. */
export type Exchange = { path: string; body: string | undefined; shown: string };

const BLOCK =
  /```console\n\$ curl localhost:8787(\S+)(?: -H 'Content-Type: application\/json' -d '(.*?)')?\n([\s\S]*?)```/g;

/** The README's session with curl, in order. */
export function readmeSession(): Exchange[] {
  const readme = readFileSync(new URL("../../../README.md", import.meta.url), "utf8");
  const session = readme.slice(readme.indexOf("<!-- session -->"), readme.indexOf("<!-- /session -->"));
  return [...session.matchAll(BLOCK)].map(([, path = "", body, shown = ""]) => ({ path, body, shown }));
}

/** An answer without what differs from run to run. */
export const stable = (json: unknown): unknown =>
  JSON.parse(JSON.stringify(json), (key, value) =>
    (key === "recorded_at" || key === "catalog_version") && typeof value === "string" ? `<${key}>` : value,
  );
