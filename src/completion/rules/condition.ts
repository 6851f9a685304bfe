import type { ModuleDefinition } from "../../catalog/catalog.ts";
import type { PartType } from "../../catalog/completion-spec.ts";
import type { Facts } from "../../model/progress.ts";
import type { Timestamp } from "../../model/time.ts";
import type { Missing } from "../completion.ts";

/** One thing that a module asks for, and when the facts first met it, if they did. */
export type ConditionPart = { missing: Missing; metAt: Timestamp | undefined; optional?: false };

/**
 * A kind of condition that a module may state: the parts that it asks for, none where it states no such condition.
 * @param claimedAt of a claim that was accepted
 */
export type Condition = (
  definition: ModuleDefinition,
  facts: Facts,
  claimedAt?: Timestamp | undefined,
) => ConditionPart[];

/** A kind of condition as rules see it: each of its parts is a condition, or all of them together are one. */
export type ConditionKind = { type: PartType; parts: Condition; isEach?: true };
