type Json = unknown;

/** What a state machine may not do; a definition that comes to it is wrong, and no run of it tells anything. */
export class DefinitionFault extends Error {}

/** The value at a path such as `$.plan.run`. @throws DefinitionFault for another form, or where nothing is there */
export function valueAt(path: string, input: Json, context: Json): Json {
  const [root, ...names] = path.split(".");
  if ((root !== "$" && root !== "$$") || names.some((name) => !/^\w+$/.test(name)))
    throw new DefinitionFault(`No path of a form that is known: ${path}`);
  let value: Json = root === "$" ? input : context;
  for (const name of names) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name))
      throw new DefinitionFault(`There is nothing at ${path} in ${JSON.stringify(input)}`);
    value = (value as Record<string, Json>)[name];
  }
  return value;
}

/** An object in which keys that end in `.$` have got the value at their path. */
export function filled(template: Json, input: Json, context: Json): Json {
  if (typeof template !== "object" || template === null || Array.isArray(template)) return template;
  return Object.fromEntries(
    Object.entries(template).map(([key, value]) =>
      key.endsWith(".$") ? [key.slice(0, -2), valueAt(value, input, context)] : [key, filled(value, input, context)],
    ),
  );
}

/** What a state gives on: its result in the place of its input, beside it under a name, or not at all. */
export function placed(path: string | null | undefined, input: Json, result: Json): Json {
  if (path === null) return input;
  if (path === undefined || path === "$") return result;
  const [, name] = /^\$\.(\w+)$/.exec(path) ?? [];
  if (name === undefined) throw new DefinitionFault(`No ResultPath of a form that is known: ${path}`);
  return { ...(input as object), [name]: result };
}
