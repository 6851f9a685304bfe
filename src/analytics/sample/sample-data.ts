import type { JsonSchema } from "../../catalog/data-validator.ts";
import type { Timestamp } from "../../model/time.ts";
import type { Random } from "./random.ts";

type Schema = {
  type?: string | string[];
  format?: string;
  enum?: unknown[];
  items?: Schema;
  minimum?: number;
  maximum?: number;
  properties?: Record<string, Schema>;
};
type Told = { field: string; value: number | string | boolean };

const WORDS = ["calm", "tired", "curious", "tense", "glad", "unsure"];

/** Data that a module's schema takes. `told` is what of it an export tells: text only where the schema lists it. */
export function sampleData(
  random: Random,
  schema: JsonSchema,
  at: Timestamp,
): { value: object; told: Told[] } | undefined {
  const { properties } = schema as Schema;
  if (properties === undefined) return undefined;
  const told: Told[] = [];
  const value = Object.fromEntries(
    Object.entries(properties).map(([field, one]) => {
      const made = one.format === "date" ? at.slice(0, 10) : madeBy(random, one);
      for (const single of [made].flat())
        if (typeof single !== "string" || (one.enum ?? one.items?.enum)?.includes(single))
          told.push({ field, value: single });
      return [field, made];
    }),
  );
  return { value, told };
}

type Single = number | string | boolean;
type Made = Single | Single[];

function madeBy(random: Random, { type, enum: listed, items, minimum = 0, maximum = 100 }: Schema): Made {
  if (listed !== undefined) return random.pick(listed) as Made;
  const types = [type].flat();
  if (types.includes("array"))
    return Array.from({ length: random.whole(1, 3) }, () => madeBy(random, items ?? { type: "string" }) as Single);
  if (types.includes("boolean")) return random.chance(0.7);
  if (types.includes("integer")) return random.whole(minimum, maximum);
  if (types.includes("number")) return Math.round(random.between(minimum, maximum) * 10) / 10;
  return random.pick(WORDS);
}
