import type { ModuleDefinition } from "../../catalog/catalog.ts";
import type { Facts } from "../../model/progress.ts";
import type { Timestamp } from "../../model/time.ts";
import type { Missing } from "../completion.ts";

/** One thing that a module asks for, and when the facts first met it, if they did. */
export type ConditionPart = { missing: Missing; metAt: Timestamp | undefined };

/** A kind of condition that a module may state: the parts that it asks for, none where it states no such condition. */
export type Condition = (definition: ModuleDefinition, facts: Facts) => ConditionPart[];
