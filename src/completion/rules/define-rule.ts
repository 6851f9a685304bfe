import type * as z from "zod";
import type { Part, Requirement } from "../../catalog/requirement.ts";
import type { RuleSpec } from "../../catalog/rule-spec.ts";

type Meaning<Params> = {
  requirement: <Leaf extends Part>(params: Params, entries: readonly Leaf[]) => Requirement<Leaf>;
  fault?: (params: Params, entryCount: number) => string | undefined;
};

/** A rule that content may name. @param shape the rule's own keys beside `rule` */
export const defineRule = <Shape extends z.ZodRawShape>(
  name: string,
  shape: Shape,
  meaning: Meaning<z.infer<z.ZodObject<Shape>>>,
): RuleSpec => ({ name, shape, ...meaning }) as RuleSpec;
