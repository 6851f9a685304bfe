import { createRequire } from "node:module";

type Values = Record<string, object>;
type Context = {
  attrNames?: Record<string, string>;
  attrVals?: Values;
  unusedAttrNames: Record<string, true>;
  unusedAttrVals: Record<string, true>;
  isKeyCondition?: boolean;
};
type Parser = { parse(text: string, options: { context: Context }): unknown };

/** What an expression came to: its tree, which values stand in it, and what it used. */
type Known = { tree: object; places: Map<unknown, string>; usedNames: string[]; usedValues: string[] };

/** What is said of these depends on what a value is, and not on its type alone. */
const JUDGES_VALUES = /between|attribute_type/i;
const KNOWN_KEPT = 5_000;

/**
 * Lets dynalite know an expression that it has parsed before, which takes it longer than all else that it does with a
 * request. Two are the same where their text, the names and the types of the values are; what is faulty is parsed anew.
 */
export function knowExpressions(): void {
  const load = createRequire(import.meta.url);
  for (const name of ["conditionParser", "updateParser"]) {
    const parser = load(`dynalite/db/${name}`) as Parser & { knows?: true };
    if (parser.knows) continue;
    Object.assign(parser, { parse: knowing(parser.parse), knows: true });
  }
}

function knowing(parse: Parser["parse"]): Parser["parse"] {
  const known = new Map<string, Known>();
  return (text, options) => {
    const { context } = options;
    const { attrVals = {} } = context;
    if (JUDGES_VALUES.test(text)) return parse(text, options);
    const key = keyOf(text, context);
    const before = known.get(key);
    if (before) {
      for (const name of before.usedNames) delete context.unusedAttrNames[name];
      for (const name of before.usedValues) delete context.unusedAttrVals[name];
      return filled(before, before.tree, attrVals);
    }
    const [names, values] = [Object.keys(context.unusedAttrNames), Object.keys(context.unusedAttrVals)];
    const tree = parse(text, options);
    if (typeof tree !== "object" || tree === null) return tree;
    const first: Known = {
      tree,
      places: new Map(Object.entries(attrVals).map(([name, value]) => [value, name])),
      usedNames: names.filter((name) => !(name in context.unusedAttrNames)),
      usedValues: values.filter((name) => !(name in context.unusedAttrVals)),
    };
    if (known.size >= KNOWN_KEPT) known.clear();
    known.set(key, first);
    return filled(first, tree, attrVals);
  };
}

function keyOf(text: string, { attrNames = {}, attrVals = {}, isKeyCondition, ...unused }: Context): string {
  const parts: unknown[] = [text, isKeyCondition];
  for (const name in attrNames) parts.push(name, attrNames[name]);
  for (const name in attrVals) parts.push(name, ...Object.keys(attrVals[name] as object));
  // An earlier expression of the same request has used some.
  for (const name in unused.unusedAttrNames) parts.push(name);
  for (const name in unused.unusedAttrVals) parts.push(name);
  return parts.join("\0");
}

/** A tree of its own, with the values of this request. */
function filled(known: Known, node: unknown, values: Values): unknown {
  if (typeof node !== "object" || node === null) return node;
  const name = known.places.get(node);
  if (name !== undefined) return values[name];
  if (Array.isArray(node)) return node.map((each) => filled(known, each, values));
  const own: Record<string, unknown> = {};
  for (const key in node) own[key] = filled(known, (node as Record<string, unknown>)[key], values);
  return own;
}
