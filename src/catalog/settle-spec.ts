import { entityKey } from "../model/entity.ts";
import { partsByName, requirementOf } from "./build-requirement.ts";
import { type CompletionSpec, namesIn, partKey, type WrittenSpec } from "./completion-spec.ts";
import { conditionsOf, type OutlinedCondition } from "./conditions.ts";
import type { Definition, ModuleDefinition } from "./definition.ts";
import { type Outline, type OutlinedEntry, pathOf } from "./outline.ts";
import type { WrittenHolder, WrittenModule } from "./parse-files.ts";
import { readSpec } from "./parse-spec.ts";
import type { ContentFault } from "./read-content.ts";
import { leavesOf } from "./requirement.ts";
import { type ResolvedSpec, resolveSpec } from "./resolve-spec.ts";
import { type RuleSpec, ruleNamed } from "./rule-spec.ts";

type Entry = { type: "module" | "course"; slug: string; optional?: boolean | undefined };

/** Tells of a holder's entries which are optional: as its rule names them, else as the entry says, else as its module does. */
export function optionalBy(
  spec: CompletionSpec,
  optionalModules: ReadonlySet<string | undefined>,
): (entry: Entry) => boolean {
  const named = namesIn(spec);
  return ({ type, slug, optional }) =>
    named ? !named.has(partKey({ type, slug })) : (optional ?? (type === "module" && optionalModules.has(slug)));
}

export function settledHolder(
  { entries: written, completion, ...definition }: WrittenHolder,
  optionalModules: ReadonlySet<string>,
  rules: readonly RuleSpec[],
): Definition {
  const { spec } = resolveSpec(completion, written, rules, written.length);
  const isOptional = optionalBy(spec, optionalModules);
  const entries = written.map((entry) => ({ ...entry, optional: isOptional(entry) }));
  const counted = leavesOf(
    requirementOf(
      spec,
      rules,
      partsByName(entries, (entry) => entry as Entry),
    ),
  );
  return { ...definition, entries, completion: spec, counted: counted.map(entityKey) };
}

export function settledModule({ completion, ...module }: WrittenModule, rules: readonly RuleSpec[]): ModuleDefinition {
  const { tasks, score, steps } = module;
  const conditions = conditionsOf({ tasks, hasScore: score !== undefined, hasSteps: steps.length > 0 });
  const { spec } = resolvedInModule(completion, conditions, rules);
  const named = namesIn(spec);
  const isRequired = ({ slug, required }: (typeof tasks)[number]) =>
    named?.has(partKey({ type: "task", slug })) ?? required;
  return { ...module, completion: spec, tasks: tasks.map((task) => ({ ...task, required: isRequired(task) })) };
}

function resolvedInModule(
  written: WrittenSpec,
  conditions: readonly OutlinedCondition[],
  rules: readonly RuleSpec[],
): ResolvedSpec {
  const stated = conditions.filter(({ isStated }) => isStated).length;
  return resolveSpec(written, conditions, rules, stated + Number(ruleNamed(rules, written.rule).countsMark === true));
}

/** A file's rule with what its names mean, where it can be read. */
export function resolvedIn(
  { kind, completion, entries, conditions }: Outline,
  rules: readonly RuleSpec[],
): ResolvedSpec | undefined {
  const written = readSpec(completion, rules, kind === "module" ? ["task"] : ["module", "course"]);
  if (written === undefined) return undefined;
  return kind === "module"
    ? resolvedInModule(written, conditions, rules)
    : resolveSpec(written, entries, rules, entries.length);
}

/** What is wrong with what a file's rule names. */
export function specFaults(outline: Outline, rules: readonly RuleSpec[]): ContentFault[] {
  const resolved = outline.kind === "module" || outline.isReadable ? resolvedIn(outline, rules) : undefined;
  if (resolved === undefined) return [];
  const named = namesIn(resolved.spec);
  const contradictions = named ? outline.entries.flatMap((entry) => contradictionOf(entry, named)) : [];
  return [...resolved.faults, ...contradictions].map((fault) => ({ file: outline.file, ...fault }));
}

function contradictionOf(entry: OutlinedEntry, named: ReadonlySet<string>) {
  const { type, slug, optional } = entry;
  const isNamed = named.has(partKey({ type, slug }));
  if (optional === undefined || optional !== isNamed) return [];
  const why = isNamed ? "optional here, but its rule names it" : "not optional here, but its rule does not name it";
  return [
    {
      path: pathOf(entry),
      message: `The ${type} ${slug} is ${why}: leave optional out, since what \`of\` names is required`,
    },
  ];
}
