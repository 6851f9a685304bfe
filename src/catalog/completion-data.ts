import { Ajv2020, type ErrorObject } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import type { InputFault } from "../model/errors.ts";
import { type JsonSchema, provideValidator } from "./data-validator.ts";

// The schemas are the content's: they may carry keywords and formats of its own, and come again with every reload,
// under the same $id.
const create = () => {
  const ajv = new Ajv2020({ allErrors: true, strict: false, addUsedSchema: false, logger: false });
  addFormats.default(ajv);
  return ajv;
};

// Most catalogs have no schema, and most cold starts check no data.
let ajv: Ajv2020 | undefined;
const validators = new WeakMap<object, (data: unknown) => ErrorObject[]>();

function validatorOf(schema: JsonSchema): (data: unknown) => ErrorObject[] {
  const key = typeof schema === "boolean" ? Object(schema) : schema;
  const known = validators.get(key);
  if (known) return known;
  ajv ??= create();
  // The dialect that a schema names makes no difference to what content uses, but Ajv would look for it; and with
  // $async it would answer with a promise.
  const { $schema: _, $async: __, ...rest } = typeof schema === "boolean" ? {} : (schema as Record<string, unknown>);
  const validate = ajv.compile(typeof schema === "boolean" ? schema : rest);
  const validator = (data: unknown) => (validate(data) ? [] : (validate.errors ?? []));
  validators.set(key, validator);
  return validator;
}

/** Why something is no JSON Schema. */
export function schemaFault(schema: JsonSchema): string | undefined {
  try {
    validatorOf(schema);
    return undefined;
  } catch (error) {
    return `Not a JSON Schema: ${(error as Error).message}`;
  }
}

/** Every fault of completion data by a module's schema; paths are dotted, beginning at the data. */
export const completionDataFaults = (schema: JsonSchema, data: unknown): InputFault[] =>
  validatorOf(schema)(data).map(({ instancePath, message = "is not valid", params }) => {
    const place = instancePath
      .split("/")
      .slice(1)
      .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
    const missing = "missingProperty" in params ? [String(params.missingProperty)] : [];
    const extra = "additionalProperty" in params ? [String(params.additionalProperty)] : [];
    return {
      path: [...place, ...missing, ...extra].join("."),
      message: message.charAt(0).toUpperCase() + message.slice(1),
    };
  });

provideValidator(completionDataFaults);
