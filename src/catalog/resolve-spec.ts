import { type CompletionSpec, type PartRef, partKey, type WrittenName, type WrittenSpec } from "./completion-spec.ts";
import type { ContentFault } from "./read-content.ts";
import { type RuleSpec, ruleNamed } from "./rule-spec.ts";

/** What a rule can name; `needsKind` where a slug alone means something else. */
export type Nameable = PartRef & { needsKind?: boolean };

type SpecFault = Omit<ContentFault, "file">;
export type ResolvedSpec = { spec: CompletionSpec; faults: SpecFault[] };

/**
 * A rule with what its names mean, and what is wrong with them: a name that means nothing, or two things; a part named
 * twice; a group that can never be met, because it asks for more than it has.
 * @param whole how many parts a rule that names none speaks of
 */
export function resolveSpec(
  written: WrittenSpec,
  nameable: readonly Nameable[],
  rules: readonly RuleSpec[],
  whole: number,
): ResolvedSpec {
  const faults: SpecFault[] = [];
  const named = new Set<string>();
  let bySlug: ReadonlyMap<string, Nameable[]> | undefined;

  const meant = ({ kind, slug }: WrittenName, path: string): PartRef[] => {
    // Most rules name nothing.
    bySlug ??= nameableBySlug(nameable);
    const found = (bySlug.get(slug) ?? []).filter(({ type, needsKind }) => (kind ? type === kind : !needsKind));
    const [one] = found;
    const fault = one
      ? faultOf(found, named)
      : `No ${kind ?? "part"} ${slug} stands in this file, so a rule cannot ask for it`;
    if (fault !== undefined) faults.push({ path, message: fault });
    if (one === undefined || fault !== undefined) return [];
    named.add(partKey(one));
    return [{ type: one.type, slug }];
  };
  const resolved = ({ of, ...spec }: WrittenSpec, path: string): CompletionSpec => {
    const message = ruleNamed(rules, spec.rule).fault?.(spec as never, of?.length ?? whole);
    if (message !== undefined) faults.push({ path, message });
    if (of === undefined) return spec as CompletionSpec;
    const parts = of.flatMap((part, index): (PartRef | CompletionSpec)[] => {
      const place = `${path}.of.${index}`;
      return "rule" in part ? [resolved(part as WrittenSpec, place)] : meant(part as WrittenName, place);
    });
    return { ...spec, of: parts } as CompletionSpec;
  };
  return { spec: resolved(written, "completion"), faults };
}

/** What is listed twice has a fault of its own. */
const nameableBySlug = (nameable: readonly Nameable[]): Map<string, Nameable[]> =>
  Map.groupBy(new Map(nameable.map((one) => [partKey(one), one])).values(), ({ slug }) => slug);

function faultOf(found: readonly Nameable[], named: ReadonlySet<string>): string | undefined {
  const [one, other] = found as [Nameable, Nameable?];
  if (other)
    return `${one.slug} is a ${one.type} and a ${other.type}: say which, as in { "${one.type}": "${one.slug}" }`;
  return named.has(partKey(one)) ? `The ${one.type} ${one.slug} is named twice` : undefined;
}
