import type { ContentFault } from "../catalog/read-content.ts";

/** Every fault of a content folder, a line each, to standard error. */
export function printFaults(folder: string, faults: readonly ContentFault[]): void {
  for (const { file, path, message } of faults) console.error([file, path, message].filter(Boolean).join(": "));
  console.error(`${folder}: ${faults.length} ${faults.length === 1 ? "fault" : "faults"}`);
}
