import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { createIssuerIn } from "../support/fakes/issuer.ts";
import { interleave, median, ratios } from "./measure.ts";
import { buildProject, bundleProgram } from "./program.ts";
import { atMost, type Benchmark } from "./report.ts";
import { withTemporaryFolder } from "./temporary-folder.ts";
import { numberFrom } from "./worker.ts";

const SDK = import.meta.resolve("@aws-sdk/client-dynamodb");
/** How large the Lambda is, and how long a fresh process takes to import it. */
export const bundle: Benchmark = ({ quick }) =>
  withTemporaryFolder(async (folder) => {
    const lambda = join(buildProject(folder), "lambda/index.mjs");
    const client = await bundleProgram(
      'export { DynamoDBClient } from "@aws-sdk/client-dynamodb";',
      join(folder, "client.mjs"),
    );
    const { variables } = await createIssuerIn(folder);
    const importing = (url: string) => () =>
      numberFrom("import-time.ts", [url], { STORE: "http://127.0.0.1:1", LOG_LEVEL: "SILENT", ...variables });
    const times = await interleave(quick ? 7 : 21, {
      lambda: importing(pathToFileURL(lambda).href),
      sdk: importing(SDK),
      client: importing(pathToFileURL(client).href),
    });
    const size = (name: string, compress: (content: Buffer) => Buffer) => {
      const [value, floor] = [filesAtStart(lambda), [client]].map((files) =>
        files.reduce((sum, file) => sum + compress(readFileSync(file)).length / 1024, 0),
      ) as [number, number];
      return { benchmark: "bundle", case: name, value, floor, unit: "KB", ratio: value / floor };
    };
    const time = (name: string, floor: number[]) => {
      const { ratio, spread } = ratios(times.lambda, floor);
      return {
        benchmark: "bundle",
        case: `import time, against ${name}`,
        value: median(times.lambda),
        floor: median(floor),
        unit: "ms",
        ratio,
        spread,
        aim: atMost(ratio, 1.2),
      };
    };
    return [
      size("size, against the bundled client", (content) => content),
      size("size with gzip, against the bundled client", (content) => gzipSync(content, { level: 9 })),
      time("client-dynamodb as installed", times.sdk),
      time("client-dynamodb bundled", times.client),
    ];
  });

/** A bundle's file, and those that it cannot start without. */
function filesAtStart(entry: string): string[] {
  const files = [entry];
  for (const file of files) {
    for (const [, name] of readFileSync(file, "utf8").matchAll(/(?:from|import)"(\.\/[^"]+)"/g)) {
      const imported = join(dirname(file), name as string);
      if (!files.includes(imported)) files.push(imported);
    }
  }
  return files;
}
