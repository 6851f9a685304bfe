import type { InputFault } from "../model/errors.ts";

export type JsonSchema = object | boolean;

/** Every fault of data by a JSON Schema; paths are dotted, beginning at the data. */
type Validate = (schema: JsonSchema, data: unknown) => InputFault[];

let validate: Validate | undefined;

export const provideValidator = (provided: Validate): void => {
  validate = provided;
};

export const hasValidator = (): boolean => validate !== undefined;

/** To be called after `loadValidator`. */
export function faultsOfData(schema: JsonSchema, data: unknown): InputFault[] {
  if (validate === undefined) throw new TypeError("The validator has not been loaded");
  return validate(schema, data);
}
