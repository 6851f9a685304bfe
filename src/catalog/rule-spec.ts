import type * as z from "zod";
import type { Part, Requirement } from "./requirement.ts";

/** What a completion rule is: what content may say of it, and what it asks for; each stands in completion/rules. */
export type RuleSpec<Params = never> = {
  name: string;
  /** The rule's own keys beside `rule` in a `completion` object. */
  shape: z.ZodRawShape;
  /** What must be done of these entries. */
  requirement: <Leaf extends Part>(params: Params, entries: readonly Leaf[]) => Requirement<Leaf>;
  /** Why these parameters cannot work with so many entries. */
  fault?: (params: Params, entryCount: number) => string | undefined;
};
