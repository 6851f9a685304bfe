import type { Catalog, Entry } from "../../../catalog/catalog.ts";
import { toldTerms } from "../../../completion/calculate.ts";
import { aboutOf } from "../../../completion/decisions/concerns.ts";
import { standingAmong } from "../../../completion/decisions/standing-voids.ts";
import { slugsOf } from "../../../completion/resolve-progress.ts";
import type { Term } from "../../../completion/terms/term.ts";
import type { Decision } from "../../../model/decision.ts";
import { type EntityRef, entityKey } from "../../../model/entity.ts";
import type { Progress } from "../../../model/progress.ts";
import { compareText } from "../../../model/text.ts";
import { type ExplainedFact, factsOf } from "./explained-facts.ts";

/** What a completion was judged by: the content of today, and the definition under which the flag was written. */
export type ExplainedDefinition = {
  hash: string;
  /** None without a flag, and of flags of earlier releases. */
  flagHash: string | undefined;
  /** The content file's own words; undefined of what the catalog does not know. */
  content: object | undefined;
  /** In the order listed, those that its rule looks at marked as counted; of a module none. */
  entries: (Entry & { counted: boolean })[];
};

/** A decision, and whether somebody took it back by a void. */
export type ExplainedDecision = { decision: Decision; isVoid: boolean };

/** Everything that led to the flag of one entity. */
export type Explanation = {
  facts: ExplainedFact[];
  decisions: ExplainedDecision[];
  terms: readonly Term[];
  definition: ExplainedDefinition;
};

/** A learner as stored, and what of it counts. */
export type Known = { stored: Progress; progress: Progress };

/** Explains the flag of an entity by what is known of its learner. */
export function explain(catalog: Catalog, entity: EntityRef, { stored, progress }: Known): Explanation {
  const { decisions = [], voided } = progress;
  const concerned = withEntries(catalog, entity);
  const keys = new Set(concerned.map(entityKey));
  const isConcerned = (decision: Decision) =>
    decision.kind === "link" ||
    aboutOf(progress, decision).some((about) => keys.has(entityKey(catalog.resolve(about))));
  const standing = new Set(standingAmong(decisions));
  return {
    facts: concerned
      .flatMap((one) => factsOf(one, slugsOf(catalog, one), stored, voided))
      .sort((a, b) => compareText(a.at, b.at)),
    decisions: decisions
      .filter(isConcerned)
      .map((decision) => ({ decision, isVoid: !standing.has(decision) }))
      .sort((a, b) => compareText(a.decision.at, b.decision.at)),
    terms: entity.type === "module" ? [] : toldTerms(catalog, { ...entity, type: entity.type }, progress).terms,
    definition: definitionOf(catalog, entity, progress),
  };
}

/** An entity and all that it lists, each once: a pathway's modules also where they stand in its courses. */
function withEntries(catalog: Catalog, entity: EntityRef): EntityRef[] {
  const found = new Map([[entityKey(entity), entity]]);
  // The map grows while it is walked through.
  for (const { type, slug } of found.values()) {
    if (type === "module") continue;
    for (const entry of catalog[type].get(slug)?.entries ?? [])
      found.set(entityKey(entry), { type: entry.type, slug: entry.slug });
  }
  return [...found.values()];
}

function definitionOf(catalog: Catalog, { type, slug }: EntityRef, progress: Progress): ExplainedDefinition {
  const holder = type === "module" ? undefined : catalog[type].get(slug);
  const counted = new Set(holder?.counted);
  return {
    hash: catalog.definitionOf({ type, slug }),
    flagHash: progress[type].get(slug)?.flag?.definition,
    content: catalog[type].get(slug)?.source,
    entries: (holder?.entries ?? []).map((entry) => ({ ...entry, counted: counted.has(entityKey(entry)) })),
  };
}
