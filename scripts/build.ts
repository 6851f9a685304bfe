import { rmSync } from "node:fs";
import { build, type Plugin } from "esbuild";
import { packCatalog } from "../src/catalog/catalog.ts";
import { readEnvironment } from "../src/service/environment.ts";
import { loadContent } from "../src/service/load-content.ts";
import { printFaults } from "./print-faults.ts";

const { contentDir } = readEnvironment();
const loaded = loadContent(contentDir);
if (!loaded.ok) {
  printFaults(contentDir, loaded.faults);
  process.exit(1);
}

/** The catalog goes into the bundle checked, and as text: JSON.parse reads it faster than the engine reads a program. */
const contentPlugin: Plugin = {
  name: "waymark-content",
  setup(bundle) {
    bundle.onResolve({ filter: /^waymark:content$/ }, ({ path }) => ({ path, namespace: "waymark" }));
    bundle.onLoad({ filter: /.*/, namespace: "waymark" }, () => ({
      contents: packCatalog(loaded.catalog),
      loader: "text",
    }));
  },
};

const common = {
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  minify: true,
  legalComments: "none",
  // What the bundle takes from CommonJS packages may call require for Node's own modules.
  banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  logLevel: "warning",
} as const;

rmSync("dist", { recursive: true, force: true });
await build({
  ...common,
  entryPoints: { index: "src/lambda/http.ts" },
  outdir: "dist/lambda",
  outExtension: { ".js": ".mjs" },
  mainFields: ["module", "main"],
  alias: { "@aws-sdk/credential-provider-node": "./src/store/lambda-credentials.ts" },
  plugins: [contentPlugin],
});
// Commands run where the project is installed, and take their packages from there.
await build({
  ...common,
  entryPoints: ["backfill-completion-flags", "rollback-completion-flags", "check-content", "export-learner"].map(
    (name) => `scripts/${name}.ts`,
  ),
  outdir: "dist/scripts",
  packages: "external",
  minify: false,
  banner: {},
});
console.log(`Built dist/lambda/index.mjs with catalog ${loaded.catalog.version}, and the commands in dist/scripts`);
