import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { packCatalog } from "../../src/catalog/pack.ts";
import { loadContent } from "../../src/service/catalog/load-content.ts";
import { contentFiles, longCourse, withContent, withFiles } from "./content.ts";
import { type Input, loadingTime, type Work } from "./loading-time.ts";
import { interleave, median, ratios } from "./measure.ts";
import { bundleProgram } from "./program.ts";
import { type Benchmark, type Row, under } from "./report.ts";
import { withTemporaryFolder } from "./temporary-folder.ts";
import { numberFrom } from "./worker.ts";

const TARGET_MS = 10;
/** To load and check, faults and all, what is larger than any catalog that we know of. */
const LARGE_TARGET_MS = 1_000;
const LARGE = {
  "5,000 courses of 10 modules": contentFiles({ courses: 5_000, modulesPerCourse: 10, coursesPerPathway: 50 }),
  "1 sequential course of 5,000 modules": longCourse(5_000),
};
const SHAPE = { courses: 100, modulesPerCourse: 20, coursesPerPathway: 8 };
const OWN_CONTENT = fileURLToPath(new URL("../../content", import.meta.url));

function packed(folder: string): string {
  const loaded = loadContent(folder);
  if (!loaded.ok) throw new Error(`The content in ${folder} is faulty`);
  return packCatalog(loaded.catalog);
}

/** How long the catalog takes, against only reading the same text and parsing its JSON. */
export const catalog: Benchmark = ({ quick }) =>
  withTemporaryFolder(async (programs) => {
    // As JavaScript: a fresh process that first has to translate TypeScript is still busy with it afterwards.
    const program = await bundleProgram('import "./print-loading-time.ts";', join(programs, "loading-time.mjs"));
    const packedFile = join(programs, "packed.json");
    const rows: Row[] = [];

    const measure = async (name: string, input: Input, folder: string, target = TARGET_MS) => {
      const text = packed(folder);
      writeFileSync(packedFile, text);
      const row = (state: string, { load, floor }: Record<Work, number[]>) => {
        const value = median(load);
        rows.push({
          benchmark: "catalog",
          case: `${name}, ${input}, ${state}`,
          value,
          floor: median(floor),
          unit: "ms",
          ...ratios(load, floor),
          aim: under(value, target, "ms"),
        });
      };
      const fresh = (work: Work) => () => numberFrom(program, [input, work, input === "packed" ? packedFile : folder]);
      row("fresh process", await interleave(quick ? 5 : 15, { load: fresh("load"), floor: fresh("floor") }));
      const warm = (work: Work) => () => loadingTime(input, work, input === "packed" ? text : folder);
      // A large one is loaded once, by a process that has just begun.
      if (target === TARGET_MS)
        row("warm", await interleave(quick ? 20 : 60, { load: warm("load"), floor: warm("floor") }, 20));
    };

    for (const conditions of [0, 200])
      await withContent({ ...SHAPE, conditions }, async (folder) => {
        const name = `100 courses${conditions > 0 ? `, ${conditions} modules with conditions` : ""}`;
        await measure(name, "folder", folder);
        await measure(name, "packed", folder);
      });
    await measure("content/", "packed", OWN_CONTENT);
    for (const [name, files] of Object.entries(LARGE))
      await withFiles(files, (folder) => measure(name, "folder", folder, LARGE_TARGET_MS));
    return rows;
  });
