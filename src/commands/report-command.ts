import { writeFileSync } from "node:fs";
import { makeReport } from "../analytics/report/make-report.ts";
import { StartError } from "./start-error.ts";
import { withExport } from "./with-export.ts";

/** Draws the report of an export into a file. @returns the exit code */
export function runReportCommand({ from, out }: { from?: string; out: string }): Promise<number> {
  return withExport(from, async ({ connection, runs }) => {
    const page = await makeReport(connection, runs);
    try {
      writeFileSync(out, page);
    } catch (error) {
      throw new StartError(`${out} cannot be written: ${(error as Error).message}`);
    }
    console.log(`The report is in ${out} (${Math.round(Buffer.byteLength(page) / 1_000)} KB). Open it in a browser.`);
    return 0;
  });
}
