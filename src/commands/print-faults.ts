import type { ContentFault } from "../catalog/read-content.ts";

/** What is wrong, and where. */
export const lineOf = ({ file, path, message }: ContentFault): string =>
  [file, path, message].filter(Boolean).join(": ");

/** Every fault of a content folder, a line each, to standard error. */
export function printFaults(folder: string, faults: readonly ContentFault[]): void {
  for (const fault of faults) console.error(lineOf(fault));
  console.error(`${folder}: ${faults.length} ${faults.length === 1 ? "fault" : "faults"}`);
}
