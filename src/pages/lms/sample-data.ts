import type { Schema } from "./catalog.ts";

const SAMPLES: Record<string, unknown> = {
  number: 40,
  integer: 3,
  boolean: true,
  array: ["in", "out"],
  object: {},
  string: "calm",
};

/** Something that a schema of completion data may well take, for a learner to change. */
export const sampleOf = ({ properties = {} }: Schema): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(properties).map(([name, { type, format }]) => {
      if (format === "date") return [name, new Date().toISOString().slice(0, 10)];
      const first = (Array.isArray(type) ? type[0] : type) ?? "string";
      return [name, SAMPLES[first] ?? null];
    }),
  );
