import type * as z from "zod";

/** What the catalog must know of a completion rule to check content; what the rule means stands in completion/rules. */
export type RuleSpec<Params = never> = {
  name: string;
  /** The rule's own keys beside `rule` in a `completion` object. */
  shape: z.ZodRawShape;
  /** Why these parameters cannot work with so many entries. */
  fault?: (params: Params, entryCount: number) => string | undefined;
};
