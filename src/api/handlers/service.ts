import type { Context } from "hono";
import { countsOf } from "../../catalog/catalog.ts";
import type { Catalog, CatalogVersions, Health } from "../../contract/index.ts";
import { contentHash } from "../../model/canonical-json.ts";
import { snakeKeys } from "../../model/case.ts";
import { publishedCatalog } from "../../service/catalog/published-catalog.ts";
import { hasCurrent } from "../etag.ts";
import { fitLists } from "../fit-lists.ts";
import { jsonAnswer, textAnswer } from "../json-answer.ts";
import { CatalogParameters, parse } from "../query.ts";
import type { Identify, Services } from "../route.ts";
import { ASK_AGAIN } from "../site-files.ts";

export async function catalog(context: Context, { catalog, store }: Services): Promise<Response> {
  const asked = parse(CatalogParameters, context.req.query()).version;
  const { version, pathways, courses, modules } = await publishedCatalog(store, catalog.current(), asked);
  if (hasCurrent(context, version)) return context.body(null, 304);
  const sources = (items: { slug: string; source: object }[]) => items.map(({ slug, source }) => ({ slug, ...source }));
  return jsonAnswer(context, {
    version,
    pathways: sources(pathways),
    courses: sources(courses),
    modules: sources(modules),
  } satisfies Catalog);
}

/** What can be asked for as `version`: what flags, histories and runs name, and what came between. */
export async function catalogVersions(context: Context, { store }: Services): Promise<Response> {
  const kept = await store.catalogVersions();
  return jsonAnswer(context, fitLists({ versions: kept.toReversed().map(snakeKeys) } satisfies CatalogVersions));
}

export async function openApi(context: Context, { openApi }: Services): Promise<Response> {
  const text = await openApi();
  context.header("Cache-Control", ASK_AGAIN);
  if (hasCurrent(context, contentHash(text, 16))) return context.body(null, 304);
  return textAnswer(context, text);
}

/** Faults quote content, so they are told to those alone who may read; a stranger is told how many there are. */
export async function health(context: Context, { catalog }: Services, identify: Identify): Promise<Response> {
  const current = catalog.current();
  const faults = catalog.faults();
  const caller = await identify().catch(() => undefined);
  const answer: Health = {
    status: faults.length === 0 ? "ok" : "degraded",
    catalog_version: current.version,
    counts: countsOf(current),
    catalog_fault_count: faults.length,
    ...(caller?.scopes.has("waymark:read") && { catalog_faults: [...faults] }),
  };
  return jsonAnswer(context, fitLists(answer));
}
