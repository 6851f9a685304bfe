import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { build } from "esbuild";
import { openApiText } from "../../src/api/openapi-text.ts";
import { packCatalog } from "../../src/catalog/pack.ts";
import { printFaults } from "../../src/commands/print-faults.ts";
import { readEnvironment } from "../../src/process/environment.ts";
import { loadContent } from "../../src/service/catalog/load-content.ts";
import { writeClient } from "./build-client.ts";
import { BUILD, bundleLambda } from "./bundle-lambda.ts";

const COMMANDS = [
  "backfill-completion-flags",
  "rollback-completion-flags",
  "publish-catalog",
  "regrade",
  "import-completions",
  "check-content",
  "export-learner",
  "migrate-indexes",
  "check-store",
  "backup",
];

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
// For those who make a client without asking a service.
writeFileSync("dist/openapi.json", openApiText());
// Commands run where the project is installed, and take their packages from there.
await build({
  ...BUILD,
  entryPoints: COMMANDS.map((name) => `scripts/${name}.ts`),
  outdir: "dist/scripts",
  packages: "external",
  // package.json names them as `bin`, which a shell starts by their first line.
  banner: { js: "#!/usr/bin/env node" },
  // What needs SQLite stands in files of its own, because older Nodes cannot even read an import of it.
  splitting: true,
});
console.log(
  `Built dist/lambda/index.mjs, queue.mjs and jobs.mjs with catalog ${loaded.catalog.version}, dist/catalog.json, dist/openapi.json, the browser's files in dist/client, and the commands in dist/scripts`,
);
