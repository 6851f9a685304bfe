import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { interleave, median, ratios } from "./measure.ts";
import { bundleProgram } from "./program.ts";
import { atMost, type Benchmark } from "./report.ts";
import { withTemporaryFolder } from "./temporary-folder.ts";
import { numberFrom } from "./worker.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const SDK = import.meta.resolve("@aws-sdk/client-dynamodb");
const NOT_SOURCE = new Set(["dist", "node_modules", "verification-output", ".git"]);

/** Builds the Lambda in a folder of its own: `dist` may be in use. */
function buildLambda(folder: string): string {
  for (const name of readdirSync(ROOT)) if (!NOT_SOURCE.has(name)) symlinkSync(join(ROOT, name), join(folder, name));
  const { status, stderr } = spawnSync(process.execPath, [join(ROOT, "scripts/build.ts")], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, CONTENT_DIR: "content" },
  });
  if (status !== 0) throw new Error(`The build failed: ${stderr}`);
  const built = join(folder, "dist/lambda");
  return join(built, readdirSync(built).find((name) => /^index\.[cm]?js$/.test(name)) as string);
}

/** How large the Lambda is, and how long a fresh process takes to import it. */
export const bundle: Benchmark = ({ quick }) =>
  withTemporaryFolder(async (folder) => {
    const lambda = buildLambda(folder);
    const client = await bundleProgram(
      'export { DynamoDBClient } from "@aws-sdk/client-dynamodb";',
      join(folder, "client.mjs"),
    );
    const importing = (url: string) => () =>
      numberFrom("import-time.ts", [url], { STORE: "http://127.0.0.1:1", LOG_LEVEL: "SILENT" });
    const times = await interleave(quick ? 7 : 21, {
      lambda: importing(pathToFileURL(lambda).href),
      sdk: importing(SDK),
      client: importing(pathToFileURL(client).href),
    });
    const size = (name: string, compress: (content: Buffer) => Buffer) => {
      const [value, floor] = [lambda, client].map((file) => compress(readFileSync(file)).length / 1024) as [
        number,
        number,
      ];
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
