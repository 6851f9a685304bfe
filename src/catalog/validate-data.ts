import type { InputFault } from "../model/errors.ts";

export type JsonSchema = object | boolean;

/** Every fault of data by a JSON Schema; paths are dotted, beginning at the data. */
type Validate = (schema: JsonSchema, data: unknown) => InputFault[];

let validate: Validate | undefined;

export const provideValidator = (provided: Validate): void => {
  validate = provided;
};

/** The validator is as large as all the rest: a function that never gets completion data starts without it. */
export async function loadValidator(): Promise<void> {
  if (validate === undefined) await import("./completion-data.ts");
}

/** To be called after `loadValidator`. */
export function faultsOfData(schema: JsonSchema, data: unknown): InputFault[] {
  if (validate === undefined) throw new TypeError("The validator has not been loaded");
  return validate(schema, data);
}
