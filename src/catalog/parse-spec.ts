import * as z from "zod";
import { Slug } from "../model/slug.ts";
import { DEFAULT_SPEC, type PartType, type WrittenName, type WrittenSpec } from "./completion-spec.ts";
import { parametersOf, type RuleSpec } from "./rule-spec.ts";

type Path = (string | number)[];
type SpecFault = { path: Path; message: string };
type Kinds = readonly PartType[];

/** What `completion` says in a content file. @param kinds what a name may say of itself: `{ "course": slug }` */
export const completionSchema = (rules: readonly RuleSpec[], kinds: Kinds) =>
  z
    .unknown()
    .transform((value, context): WrittenSpec => {
      const faults: SpecFault[] = [];
      const spec = new Parser(rules, kinds, faults).rule(value, []);
      for (const fault of faults) context.addIssue({ code: "custom", ...fault });
      return spec;
    })
    .default(DEFAULT_SPEC);

/** What `completion` says where that can be read; its faults are told elsewhere. */
export function readSpec(value: unknown, rules: readonly RuleSpec[], kinds: Kinds): WrittenSpec | undefined {
  if (value === undefined) return DEFAULT_SPEC;
  const faults: SpecFault[] = [];
  const spec = new Parser(rules, kinds, faults).rule(value, []);
  return faults.length > 0 ? undefined : spec;
}

class Parser {
  readonly #rules: readonly RuleSpec[];
  readonly #kinds: Kinds;
  readonly #faults: SpecFault[];

  constructor(rules: readonly RuleSpec[], kinds: Kinds, faults: SpecFault[]) {
    this.#rules = rules;
    this.#kinds = kinds;
    this.#faults = faults;
  }

  rule(value: unknown, path: Path): WrittenSpec {
    const { rule: name, of } = isObject(value) ? value : {};
    const rule = this.#rules.find((one) => one.name === name);
    if (rule === undefined) {
      this.#fault(
        isObject(value) ? [...path, "rule"] : path,
        `Expected a rule: ${this.#rules.map((one) => one.name).join(", ")}`,
      );
      return DEFAULT_SPEC;
    }
    const params = parametersOf(rule).safeParse(value);
    for (const issue of params.error?.issues ?? []) this.#fault([...path, ...(issue.path as Path)], issue.message);
    const parts = of === undefined ? undefined : this.#parts(of, [...path, "of"]);
    return { rule: rule.name, ...params.data, ...(parts && { of: parts }) };
  }

  #parts(of: unknown, path: Path): (WrittenName | WrittenSpec)[] {
    if (Array.isArray(of) && of.length > 0) return of.flatMap((part, index) => this.#part(part, [...path, index]));
    this.#fault(path, "Expected a list of names and groups, at least one");
    return [];
  }

  #part(part: unknown, path: Path): (WrittenName | WrittenSpec)[] {
    if (isObject(part) && part.rule !== undefined) {
      if (part.of === undefined) this.#fault([...path, "of"], "Expected what this group is of");
      return [this.rule(part, path)];
    }
    const kinds = isObject(part) ? this.#kinds.filter((kind) => part[kind] !== undefined) : [];
    const [kind] = kinds;
    const slug = Slug.safeParse(isObject(part) && kind !== undefined ? part[kind] : part);
    if (slug.success && kinds.length <= 1) return [{ ...(kind && { kind }), slug: slug.data }];
    const named = this.#kinds.map((one) => `{ ${one} }`).join(" or ");
    this.#fault(path, `Expected a slug, ${named}, or a group with a rule of its own`);
    return [];
  }

  #fault(path: Path, message: string): void {
    this.#faults.push({ path, message });
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
