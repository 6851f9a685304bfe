import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { build } from "esbuild";
import { packCatalog } from "../../src/catalog/pack.ts";
import { readEnvironment } from "../../src/process/environment.ts";
import { loadContent } from "../../src/service/catalog/load-content.ts";
import { printFaults } from "../print-faults.ts";
import { writeClient } from "./build-client.ts";
import { BUILD, bundleLambda } from "./bundle-lambda.ts";

const { contentDir } = readEnvironment();
const loaded = loadContent(contentDir);
if (!loaded.ok) {
  printFaults(contentDir, loaded.faults);
  process.exit(1);
}
const packed = packCatalog(loaded.catalog);

rmSync("dist", { recursive: true, force: true });
mkdirSync("dist");
await bundleLambda({ outdir: "dist/lambda", packed, client: await writeClient("dist/client") });
// The same text again, for changing content without a deployment: it is what CATALOG_URI names.
writeFileSync("dist/catalog.json", packed);
// Commands run where the project is installed, and take their packages from there.
await build({
  ...BUILD,
  entryPoints: ["backfill-completion-flags", "rollback-completion-flags", "check-content", "export-learner"].map(
    (name) => `scripts/${name}.ts`,
  ),
  outdir: "dist/scripts",
  packages: "external",
});
console.log(
  `Built dist/lambda/index.mjs and queue.mjs with catalog ${loaded.catalog.version}, dist/catalog.json, the browser's files in dist/client, and the commands in dist/scripts`,
);
