import type { EntityType } from "../model/entity.ts";

/** What a rule may ask for: an entry of a holder, or a condition of a module. */
export type PartType = EntityType | "task" | "score" | "steps" | "mark";
export type PartRef = { type: PartType; slug: string };

/** A rule with its own parameters, and what it speaks of; without `of`, of everything. */
type Spec<Name> = { rule: string; of?: readonly (Name | Spec<Name>)[] | undefined; [param: string]: unknown };

/** Which rule decides, and of what. */
export type CompletionSpec = Spec<PartRef>;

/** As a file says it: a name may leave open of which kind it is. */
export type WrittenSpec = Spec<WrittenName>;
export type WrittenName = { kind?: PartType; slug: string };

export const DEFAULT_RULE = "all";
export const DEFAULT_SPEC = { rule: DEFAULT_RULE } as const;

export const partKey = ({ type, slug }: PartRef): string => `${type}/${slug}`;

/** The keys of whatever a rule and its groups name; undefined where they speak of everything. */
export function namesIn({ of }: CompletionSpec): Set<string> | undefined {
  if (of === undefined) return undefined;
  return new Set(of.flatMap((part) => ("rule" in part ? [...(namesIn(part) ?? [])] : [partKey(part)])));
}

/** The rules that a specification names, those of its groups included. */
export const rulesIn = ({ rule, of = [] }: CompletionSpec): string[] => [
  rule,
  ...of.flatMap((part) => ("rule" in part ? rulesIn(part) : [])),
];

/** The same whatever the order in which a rule names its parts. */
export function inOrder({ of, ...spec }: CompletionSpec): unknown {
  if (of === undefined) return spec;
  const texts = of.map((part) => ("rule" in part ? JSON.stringify(inOrder(part)) : partKey(part)));
  return { ...spec, of: texts.sort() };
}
