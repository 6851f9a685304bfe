import * as z from "zod";
import type { Part, Requirement } from "./requirement.ts";

/** What a completion rule is: what content may say of it, and what it asks for; each stands in completion/rules. */
export type RuleSpec<Params = never> = {
  name: string;
  /** The rule's own keys beside `rule` and `of` in a `completion` object. */
  shape: z.ZodRawShape;
  /** What must be done of these parts: entries of a holder or conditions of a module, or groups of them. */
  requirement: <Leaf extends Part>(params: Params, parts: readonly (Leaf | Requirement<Leaf>)[]) => Requirement<Leaf>;
  /** Why these parameters cannot work with so many parts. */
  fault?: (params: Params, partCount: number) => string | undefined;
  /** Whether a mark is one of the conditions that it speaks of in a module, where it names none. */
  countsMark?: boolean;
};

/** A rule that content names; the content has been checked against the same rules. */
export function ruleNamed(rules: readonly RuleSpec[], name: string): RuleSpec {
  const rule = rules.find((one) => one.name === name);
  if (rule === undefined) throw new TypeError(`No completion rule ${name}`);
  return rule;
}

const parameters = new WeakMap<RuleSpec, z.ZodObject>();

/** A rule's own keys as a schema. To make one takes much longer than to use it, and each holder names a rule. */
export function parametersOf(rule: RuleSpec): z.ZodObject {
  const known = parameters.get(rule) ?? z.object(rule.shape);
  parameters.set(rule, known);
  return known;
}
