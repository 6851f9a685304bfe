import { type CompletionSpec, type PartRef, partKey } from "./completion-spec.ts";
import type { Part, Requirement } from "./requirement.ts";
import { type RuleSpec, ruleNamed } from "./rule-spec.ts";

/** What there is to ask for: `all`, where a rule names nothing, and each by its name where it is there now. */
export type Parts<Leaf> = {
  all: readonly (Leaf | Requirement<Leaf>)[];
  named: (name: PartRef) => Leaf | Requirement<Leaf> | undefined;
};

/** The parts that are there, each under its name. */
export function partsByName<Leaf>(
  all: readonly (Leaf | Requirement<Leaf>)[],
  nameOf: (part: Leaf | Requirement<Leaf>) => PartRef,
): Parts<Leaf> {
  // Most rules name nothing.
  let byName: ReadonlyMap<string, Leaf | Requirement<Leaf>> | undefined;
  return {
    all,
    named(name) {
      byName ??= new Map(all.map((part) => [partKey(nameOf(part)), part]));
      return byName.get(partKey(name));
    },
  };
}

/**
 * What a rule and its groups ask for. A group of which nothing is there drops out, as an entry does that is not in
 * force: it asks for nothing, and meets nothing.
 */
export function requirementOf<Leaf extends Part>(
  spec: CompletionSpec,
  rules: readonly RuleSpec[],
  parts: Parts<Leaf>,
): Requirement<Leaf> {
  const ofPart = (part: PartRef | CompletionSpec): readonly (Leaf | Requirement<Leaf>)[] => {
    if (!("rule" in part)) return [parts.named(part) ?? []].flat() as (Leaf | Requirement<Leaf>)[];
    const group = requirementOf(part, rules, parts);
    return group.of.length === 0 ? [] : [group];
  };
  return ruleNamed(rules, spec.rule).requirement(spec as never, spec.of?.flatMap(ofPart) ?? parts.all);
}
