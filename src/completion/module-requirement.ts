import { requirementOf } from "../catalog/build-requirement.ts";
import type { ModuleDefinition } from "../catalog/catalog.ts";
import { namesIn, type PartRef, type PartType, partKey } from "../catalog/completion-spec.ts";
import { leavesOf, type Requirement } from "../catalog/requirement.ts";
import { ruleNamed } from "../catalog/rule-spec.ts";
import type { Facts } from "../model/progress.ts";
import type { Timestamp } from "../model/time.ts";
import type { ConditionKind, ConditionPart } from "./rules/condition.ts";
import { CONDITIONS, MARK, RULES } from "./rules/index.ts";

type Named = { name: PartRef; part: ConditionPart | Requirement<ConditionPart> };

/** What a module asks for by its rule, and when what is known met each part of it. */
export function moduleRequirement(
  definition: ModuleDefinition,
  facts: Facts,
  claimedAt: Timestamp | undefined,
): Requirement<ConditionPart> {
  const kinds = countsMark(definition) ? [...CONDITIONS, MARK] : CONDITIONS;
  const named = kinds.flatMap((kind) => namedParts(kind, kind.parts(definition, facts, claimedAt)));
  const byName = new Map(named.map(({ name, part }) => [partKey(name), part]));
  return requirementOf(definition.completion, RULES, {
    all: named.map(({ part }) => part),
    named: (name) => byName.get(partKey(name)),
  });
}

function namedParts({ type, isEach }: ConditionKind, parts: readonly ConditionPart[]): Named[] {
  if (isEach) return parts.map((part) => ({ name: { type, slug: part.missing.slug }, part }));
  return parts.length === 0 ? [] : [{ name: { type, slug: type }, part: { need: parts.length, of: parts } }];
}

/** Whether a module's rule counts a mark as one of its conditions: then being marked complete is a fact, and no claim. */
export const countsMark = ({ completion }: ModuleDefinition): boolean =>
  namesIn(completion)?.has(partKey({ type: MARK.type, slug: MARK.type })) ??
  ruleNamed(RULES, completion.rule).countsMark === true;

/** Whether a module's rule looks at a kind of condition. */
export const looksAt = ({ completion }: ModuleDefinition, type: PartType): boolean =>
  namesIn(completion)?.has(partKey({ type, slug: type })) ?? true;

/** Whether a module asks for more than a mark. */
export const hasConditions = (definition: ModuleDefinition): boolean =>
  leavesOf(moduleRequirement(definition, {}, undefined)).length > Number(countsMark(definition));
