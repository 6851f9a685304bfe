import { randomUUID } from "node:crypto";
import type { Catalog } from "../../catalog/catalog.ts";
import { aboutOf, concernsOfDecision } from "../../completion/decisions/concerns.ts";
import { resolveProgress, slugsOf } from "../../completion/resolve-progress.ts";
import { restingOn } from "../../completion/settled.ts";
import type { Decision } from "../../model/decision.ts";
import { type EntityRef, entityKey } from "../../model/entity.ts";
import type { LearnerId } from "../../model/learner.ts";
import type { Store } from "../../store/store.ts";

type Context = { store: Store; catalog: Catalog; learnerId: LearnerId };

/**
 * Notes a decision that is kept at all that it concerns, before it is settled. Whoever has read without it loses what he
 * writes after that, and reads again (see `markDecided`); whoever writes before that is read by who settles.
 *
 * What a course or pathway rests on is told of its reset as well, where the learner has begun it: a result of such a
 * module may complete a new term, though the module was complete before.
 */
export async function noteDecision({ store, catalog, learnerId }: Context, decision: Decision): Promise<void> {
  // An attempt looks for grants by itself.
  if (decision.kind === "grant") return;
  const stored = (await store.read(learnerId)).progress;
  const progress = resolveProgress(catalog, stored);
  const concerned = concernsOfDecision(catalog, progress, decision);
  // Other each time: a repetition must not bring back what was noted when somebody read without another decision.
  const note = `${decision.identity}#${randomUUID()}`;
  const isBegun = ({ type, slug }: EntityRef) => stored[type].has(slug);
  const places = (entity: EntityRef) => slugsOf(catalog, entity).map((slug) => ({ type: entity.type, slug }));
  const reset = decision.kind === "waiver" ? [] : aboutOf(progress, decision).filter(({ type }) => type !== "module");
  const resting = restingOn(
    catalog,
    reset.map((entity) => catalog.resolve(entity)),
  );
  const told = new Map(
    [...concerned, ...[...concerned, ...resting].flatMap(places).filter(isBegun)].map((entity) => [
      entityKey(entity),
      entity,
    ]),
  );
  await Promise.all([...told.values()].map((entity) => store.markDecided(learnerId, entity, note)));
}
