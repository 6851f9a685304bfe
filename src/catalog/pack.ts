import { createHash } from "node:crypto";
import { type Catalog, createCatalog, type Definitions } from "./catalog.ts";
import { rulesIn } from "./completion-spec.ts";
import type { RuleSpec } from "./rule-spec.ts";

/** To be raised with every change of `Definitions`: an older service must not read what it would misread. */
const FORMAT = 3;
const HEAD = /^\{"format":(\d+),(?:"sha256":"([0-9a-f]{64})",)?/;

export type CheckedPack = { ok: true; catalog: Catalog } | { ok: false; reason: string };

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/**
 * A checked catalog as the text of a JSON file:
 * `{"format":3,"sha256":"…","version":"…","courses":[…],"pathways":[…],"modules":[…]}`.
 * The hash is over the text that follows it, so that it can be checked before anything is parsed.
 */
export function packCatalog({ version, courses, pathways, modules }: Catalog): string {
  const rest = JSON.stringify({ version, courses, pathways, modules }).slice(1);
  return `{"format":${FORMAT},"sha256":"${sha256(rest)}",${rest}`;
}

/** A catalog that came with the program, from the same build: it is what it was when it was packed. */
export function unpackCatalog(text: string): Catalog {
  const { version, courses, pathways, modules } = JSON.parse(text) as Definitions & { version: string };
  return createCatalog({ courses, pathways, modules }, version);
}

/**
 * A catalog from elsewhere: whole, unaltered, and for a service like this one; or why it is not. Its content was
 * checked by the build that packed it, and is not checked again, but for the schemas that it has for completion data
 * (`faultsOfSchemas`): by one that can run away, whoever sends data could hold the service.
 * @param rules the completion rules that this service has
 */
export function checkPack(text: string, rules: readonly Pick<RuleSpec, "name">[]): CheckedPack {
  const refused = (reason: string): CheckedPack => ({ ok: false, reason });
  const body = text.trimEnd();
  const [head, format, hash] = HEAD.exec(body) ?? [];
  if (head === undefined) return refused(`${isJson(body) ? "It is not" : "It is not JSON, let alone"} ${BUILT}`);
  if (format !== String(FORMAT))
    return refused(
      `It has format ${format}, and this service reads format ${FORMAT}: deploy the two from one version.`,
    );
  if (hash === undefined || hash !== sha256(body.slice(head.length)))
    return refused("Its checksum does not hold: it is cut short, or was altered after the build. Upload it again.");

  const catalog = unpackCatalog(body);
  const known = new Set(rules.map(({ name }) => name));
  const named = [
    ...[...catalog.courses, ...catalog.pathways].map(({ type, slug, completion }) => ({
      who: `${type} ${slug}`,
      completion,
    })),
    ...catalog.modules.map(({ slug, completion }) => ({ who: `module ${slug}`, completion })),
  ];
  for (const { who, completion } of named) {
    const strange = rulesIn(completion).find((rule) => !known.has(rule));
    if (strange !== undefined)
      return refused(`The ${who} has the rule ${strange}, which this service lacks: deploy the service first.`);
  }
  return { ok: true, catalog };
}

const BUILT = "a catalog file that `npm run build` makes (dist/catalog.json).";

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
