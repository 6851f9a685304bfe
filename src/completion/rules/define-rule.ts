import type * as z from "zod";
import type { RuleSpec } from "../../catalog/rule-spec.ts";

/** A rule that content may name. @param shape the rule's own keys beside `rule` and `of` */
export const defineRule = <Shape extends z.ZodRawShape>(
  name: string,
  shape: Shape,
  meaning: Omit<RuleSpec<z.infer<z.ZodObject<Shape>>>, "name" | "shape">,
): RuleSpec => ({ name, shape, ...meaning }) as RuleSpec;
