import { join } from "node:path";
import { readContent } from "../../src/catalog/read-content.ts";
import { withContent } from "./content.ts";
import { type Input, loadingTime, type Work } from "./loading-time.ts";
import { interleave, median, ratios } from "./measure.ts";
import { bundleProgram } from "./program.ts";
import { type Benchmark, type Row, under } from "./report.ts";
import { withTemporaryFolder } from "./temporary-folder.ts";
import { numberFrom } from "./worker.ts";

const TARGET_MS = 10;
const SHAPE = { courses: 100, modulesPerCourse: 20, coursesPerPathway: 8 };
const CASES: [string, number, Input][] = [
  ["folder", 0, "folder"],
  ["folder, 200 modules with conditions", 200, "folder"],
  ["bundled text", 0, "text"],
  ["bundled text, 200 modules with conditions", 200, "text"],
];

/** How long the catalog takes, against only reading the same files and parsing their JSON. */
export const catalog: Benchmark = ({ quick }) =>
  withTemporaryFolder(async (programs) => {
    // As JavaScript: a fresh process that first has to translate TypeScript is still busy with it afterwards.
    const program = await bundleProgram('import "./print-loading-time.ts";', join(programs, "loading-time.mjs"));
    const rows: Row[] = [];
    for (const [name, conditions, input] of CASES)
      await withContent({ ...SHAPE, conditions }, async (folder) => {
        const text = JSON.stringify(readContent(folder).files);
        const row = (state: string, { load, floor }: Record<Work, number[]>) => {
          const value = median(load);
          rows.push({
            benchmark: "catalog",
            case: `100 courses, ${name}, ${state}`,
            value,
            floor: median(floor),
            unit: "ms",
            ...ratios(load, floor),
            aim: under(value, TARGET_MS, "ms"),
          });
        };
        const fresh = (work: Work) => () => numberFrom(program, [input, work, folder]);
        row("fresh process", await interleave(quick ? 5 : 15, { load: fresh("load"), floor: fresh("floor") }));
        const warm = (work: Work) => () => loadingTime(input, work, folder, text);
        row("warm", await interleave(quick ? 20 : 60, { load: warm("load"), floor: warm("floor") }, 20));
      });
    return rows;
  });
