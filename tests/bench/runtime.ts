import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { BuildOptions, Plugin } from "esbuild";
import { bundleLambda } from "../../scripts/tools/bundle-lambda.ts";
import { packCatalog } from "../../src/catalog/pack.ts";
import { loadContent } from "../../src/service/catalog/load-content.ts";
import { createClient } from "../../src/store/dynamodb/client.ts";
import { createMissingTables } from "../../src/store/dynamodb/provision.ts";
import { tableNames } from "../../src/store/dynamodb/tables.ts";
import { createIssuerIn } from "../support/fakes/issuer.ts";
import { startFunction } from "../trials/runtime/function.ts";
import { runtimeClient } from "../trials/runtime/install.ts";
import type { StoreAnswer } from "./dynalite.ts";
import { interleave, median, ratios } from "./measure.ts";
import { atMost, type Benchmark, type Row } from "./report.ts";
import { batchRows } from "./runtime-batch.ts";
import { withTemporaryFolder } from "./temporary-folder.ts";
import { startWorker } from "./worker.ts";

const HEALTH = fileURLToPath(new URL("../e2e/events/20-http-api-health.json", import.meta.url));
const LATER_INVOCATIONS = 20;

/** CommonJS has no await at the top; without CATALOG_URI there is nothing to wait for. */
const withoutTopLevelAwait: Plugin = {
  name: "without-top-level-await",
  setup(bundle) {
    bundle.onLoad({ filter: /src\/lambda\/(http|queue)\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replace(/^await /gm, "void "),
      loader: "ts",
    }));
  },
};
const COMMON_JS: BuildOptions = {
  format: "cjs",
  splitting: false,
  outExtension: { ".js": ".cjs" },
  banner: {},
  plugins: [withoutTopLevelAwait],
};

const EMPTY = "an empty handler";
const BUILT = "as built";
const BUILDS: Record<string, BuildOptions> = {
  [BUILT]: {},
  "one file": { splitting: false },
  CommonJS: COMMON_JS,
};

type Measures = {
  "INIT, processor time": number;
  INIT: number;
  "first invocation": number;
  "later invocation": number;
};

/** Against an empty handler, of what is built. */
const AIMS: Partial<Record<keyof Measures, number>> = { INIT: 2.8, "later invocation": 2.2 };

/** How soon the function starts and answers under AWS's own runtime, against a handler that does nothing. */
export const runtime: Benchmark = ({ quick }) =>
  withTemporaryFolder(async (folder) => {
    const client = runtimeClient();
    const issuer = await createIssuerIn(folder);
    const store = await startStore();
    const environment = { ...store.variables, CALLER_LIMITS: "off", LOG_LEVEL: "SILENT", ...issuer.variables };
    const event = JSON.parse(readFileSync(HEALTH, "utf8"));
    const measure = (bundle: string, cache?: string) => async (): Promise<Measures> => {
      const variables = { ...environment, ...(cache !== undefined && { NODE_COMPILE_CACHE: cache }) };
      const started = await startFunction({ client, folder: bundle, handler: "index.handler", variables });
      const invoke = async () => (await started.invoke(event)).ms;
      const first = await invoke();
      const later: number[] = [];
      while (later.length < LATER_INVOCATIONS) later.push(await invoke());
      await started.stop();
      return {
        "INIT, processor time": started.initCpuMs,
        INIT: started.initMs,
        "first invocation": first,
        "later invocation": median(later),
      };
    };

    const cases: Record<string, () => Promise<Measures>> = {};
    const add = (name: string, bundle: string, entry: string) => {
      const cache = fill(join(folder, `cache of ${name}`), client, join(bundle, entry), environment);
      cases[name] = measure(bundle);
      cases[`${name}, compile cache`] = measure(bundle, cache);
    };
    add(EMPTY, emptyFunction(join(folder, "empty")), "index.mjs");
    for (const [name, options] of Object.entries(BUILDS)) {
      const outdir = join(folder, name);
      await bundleLambda({ outdir, packed: content(), client: {}, options });
      add(name, outdir, options.format === "cjs" ? "index.cjs" : "index.mjs");
    }

    const batches = await batchRows({
      client,
      folder: join(folder, BUILT),
      issuer,
      variables: environment,
      rounds: quick ? 7 : 21,
    });
    const samples = await interleave<Record<string, Measures>>(quick ? 5 : 21, cases, 1);
    store.stop();
    const of = (name: string, what: keyof Measures) => (samples[name] as Measures[]).map((sample) => sample[what]);
    const names = Object.keys(cases);
    const whats = Object.keys(samples[EMPTY]?.[0] ?? {}) as (keyof Measures)[];
    const rows = whats.flatMap((what) =>
      names.map((name): Row => {
        const [values, floor] = [of(name, what), of(EMPTY, what)];
        const against = ratios(values, floor);
        const aim = name === BUILT ? AIMS[what] : undefined;
        return {
          benchmark: "runtime",
          case: `${what}: ${name}`,
          value: median(values),
          floor: median(floor),
          unit: "ms",
          ...against,
          ...(aim !== undefined && { aim: atMost(against.ratio, aim) }),
        };
      }),
    );
    return [...rows, ...batches];
  });

/** A store in a process of its own: where none answers, a function asks again in each invocation. */
async function startStore() {
  const dynalite = startWorker<object, StoreAnswer>("dynalite.ts");
  const { endpoint } = await dynalite.ask({});
  const client = createClient({ endpoint, region: "us-east-1", patience: "batch" });
  await createMissingTables(client, tableNames("runtime"));
  client.destroy();
  return { variables: { STORE: endpoint, TABLE_PREFIX: "runtime" }, stop: dynalite.stop };
}

function content(): string {
  const loaded = loadContent("content");
  if (!loaded.ok) throw new Error("The content is faulty");
  return packCatalog(loaded.catalog);
}

function emptyFunction(folder: string): string {
  mkdirSync(folder);
  writeFileSync(join(folder, "index.mjs"), "export const handler = async () => ({ statusCode: 200 });\n");
  return folder;
}

/** A cache of compiled code, as one would ship it: of the runtime client and of the function. Node writes it at its end. */
function fill(cache: string, client: string, bundle: string, variables: Record<string, string>): string {
  const run = (args: string[]) =>
    spawnSync(process.execPath, args, { env: { ...process.env, ...variables, NODE_COMPILE_CACHE: cache } });
  run(["--eval", `import(${JSON.stringify(pathToFileURL(bundle).href)}).then(() => process.exit())`]);
  run([client, "index.handler"]);
  return cache;
}
