import { readFileSync } from "node:fs";
import { contentHash } from "../../../model/canonical-json.ts";
import { ImportFault } from "./fault.ts";
import { Mapping } from "./mapping.ts";

const MAX_FAULTS = 20;

/** @throws ImportFault that says what is wrong, and where */
export function readMapping(file: string): { mapping: Mapping; digest: string } {
  const json = parsed(file, textOf(file));
  const checked = Mapping.safeParse(json);
  if (checked.success) return { mapping: checked.data, digest: contentHash(json) };
  const faults = checked.error.issues.map(
    ({ path, message }) => `  ${path.map(String).join(".") || "the whole"}: ${message}`,
  );
  const more = faults.length > MAX_FAULTS ? [`  … and ${faults.length - MAX_FAULTS} more`] : [];
  throw new ImportFault(
    [
      `The mapping ${file} does not have the form that it needs (npm run import -- --schema prints its JSON Schema):`,
      ...faults.slice(0, MAX_FAULTS),
      ...more,
    ].join("\n"),
  );
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8").replace(/^\uFEFF/, "");
  } catch (error) {
    throw new ImportFault(`The mapping ${file} cannot be read: ${reasonOf(error)}`);
  }
}

function parsed(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ImportFault(`The mapping ${file} is no JSON: ${(error as Error).message}`);
  }
}

/** Why a file cannot be read, in words. */
export const reasonOf = (error: unknown): string => {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return "there is no such file";
  return code === "EISDIR" ? "it is a folder" : message;
};
