import { Ajv2020, type ErrorObject } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { canonicalJson } from "../model/canonical-json.ts";
import type { InputFault } from "../model/errors.ts";
import { counted, endsInTime, STEP, takeStep } from "./bounded-schema.ts";
import { type JsonSchema, provideValidator } from "./data-validator.ts";
import { type LinearPattern, linearPattern } from "./linear-pattern.ts";
import { type PatternFault, patternFaults } from "./schema-patterns.ts";

/** No address is longer; the expression for `url` takes a second for one of 32 KB. */
const MAX_URL = 2_048;

/** Ajv's own would match patterns with the language's engine. It reads `code` only to write a validator to a file. */
const regExp = Object.assign(
  (source: string): LinearPattern => {
    const checked = linearPattern(source);
    if (checked.ok) return checked.pattern;
    throw new Error(checked.reason);
  },
  { code: "linearPattern" },
);

// The schemas are the content's: they may carry keywords and formats of its own, and come again with every reload,
// under the same $id.
const create = () => {
  const ajv = new Ajv2020({ allErrors: true, strict: false, addUsedSchema: false, logger: false, code: { regExp } });
  addFormats.default(ajv);
  const url = addFormats.default.get("url") as RegExp;
  ajv.addFormat("url", (text: string) => text.length <= MAX_URL && url.test(text));
  // Its own compares each item of an array with each other one.
  ajv.removeKeyword("uniqueItems");
  ajv.addKeyword({
    keyword: "uniqueItems",
    type: "array",
    schemaType: "boolean",
    error: { message: "must NOT have duplicate items" },
    validate: (isAsked: boolean, items: unknown[]) =>
      !isAsked || new Set(items.map(canonicalJson)).size === items.length,
  });
  ajv.addKeyword({ keyword: STEP, schemaType: "boolean", validate: takeStep });
  return ajv;
};

// Most catalogs have no schema, and most cold starts check no data.
let ajv: Ajv2020 | undefined;
type Fault = Pick<ErrorObject, "instancePath" | "message" | "params">;
const validators = new WeakMap<object, (data: unknown) => Fault[]>();

const TOO_MUCH: Fault = {
  instancePath: "",
  message: "is nested so that checking it by the schema takes too long",
  params: {},
};

function validatorOf(schema: JsonSchema): (data: unknown) => Fault[] {
  const key = typeof schema === "boolean" ? Object(schema) : schema;
  const known = validators.get(key);
  if (known) return known;
  ajv ??= create();
  // The dialect that a schema names makes no difference to what content uses, but Ajv would look for it; and with
  // $async it would answer with a promise.
  const { $schema: _, $async: __, ...rest } = typeof schema === "boolean" ? {} : (schema as Record<string, unknown>);
  const validate = ajv.compile(counted(typeof schema === "boolean" ? schema : rest));
  const validator = (data: unknown): Fault[] => {
    let isValid = false;
    const isChecked = endsInTime(() => {
      isValid = validate(data);
    });
    if (!isChecked) return [TOO_MUCH];
    return isValid ? [] : (validate.errors ?? []);
  };
  validators.set(key, validator);
  return validator;
}

/** Why something cannot be used as a JSON Schema, with the place in it. */
export function schemaFaults(schema: JsonSchema): PatternFault[] {
  const faults = patternFaults(schema);
  if (faults.length > 0) return faults;
  try {
    validatorOf(schema);
    return [];
  } catch (error) {
    return [{ path: [], message: `Not a JSON Schema: ${(error as Error).message}` }];
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
