import { createRequire, isBuiltin } from "node:module";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build, type Metafile, type Plugin } from "esbuild";
import type { ClientFiles } from "../../src/api/client-file.ts";
import { openApiText } from "../../src/api/openapi-text.ts";

/** What every program of ours is built with. */
export const BUILD = {
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  legalComments: "none",
  logLevel: "warning",
} as const satisfies BuildOptions;

/** The functions, by the name of the file that has their `handler`; `jobs` has three. */
const ENTRIES = { index: "src/lambda/http.ts", queue: "src/lambda/queue.ts", jobs: "src/lambda/jobs.ts" };
type Entry = keyof typeof ENTRIES;
/**
 * Clients that hardly an invocation needs, each in a file that is read when it is imported. They are bundles of their own:
 * where they shared the SDK's core with the functions, all that any client needs of it would be read at every start.
 */
const CLIENTS = { "client-s3": "@aws-sdk/client-s3", "client-sqs": "@aws-sdk/client-sqs" };
/** What no function may read before it is asked for. */
const NOT_AT_START = ["ajv", "re2js", "ts-fsrs", ...Object.values(CLIENTS)];
/** Queue and jobs have neither routes nor callers with tokens. */
const KEPT_OUT = { queue: ["hono", "jose"], jobs: ["hono", "jose"] };

type LambdaBundle = {
  outdir: string;
  /** The packed catalog. */
  packed: string;
  /** The browser's files, by the path at which they are served. */
  client: ClientFiles;
  /** For the benchmark, which compares this build with others. */
  options?: BuildOptions;
};

/** Requests and answers of our own, for Node's. */
const WEB = fileURLToPath(new URL("../../src/lambda/web/index.ts", import.meta.url));

const NODE_MODULES = fileURLToPath(new URL("../../node_modules", import.meta.url));

const commonTo = (outdir: string) =>
  ({
    ...BUILD,
    minify: true,
    metafile: true,
    outdir,
    outExtension: { ".js": ".mjs" },
    // Packages are the project's, wherever its sources are linked to.
    nodePaths: [NODE_MODULES],
    mainFields: ["module", "main"],
    // What the bundle takes from CommonJS packages may call require for Node's own modules.
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    alias: { "@aws-sdk/credential-provider-node": "./src/store/dynamodb/lambda-credentials.ts" },
  }) as const satisfies BuildOptions;

/**
 * Bundles the Lambda functions, with all that they need, into a folder. What few invocations need (validation by JSON
 * Schema, the clients of S3 and SQS) stands in files of its own, which nobody reads until it is imported: that saves a
 * fifth of the start, and CommonJS, which cannot have it, starts no sooner than one file of ESM (`npm run bench --
 * runtime`). What Node has of its own is asked for by name, and not at all where we have less that does: the plugins below
 * say what that saves. A cache of compiled code would save another sixth, but is not shipped: it holds for one version of Node,
 * the flags of its V8 and one CPU architecture, and Lambda changes the version without notice. One that a function
 * writes itself goes to /tmp, which is empty at a cold start.
 */
export async function bundleLambda(bundle: LambdaBundle): Promise<void> {
  await build({ ...commonTo(bundle.outdir), entryPoints: CLIENTS, plugins: [builtinsRequired] });
  // What functions share each has once more: in pieces that are cut for several, each has more files to read.
  for (const name of Object.keys(ENTRIES) as Entry[]) await bundleEntry(bundle, name);
}

async function bundleEntry({ outdir, packed, client, options = {} }: LambdaBundle, name: Entry): Promise<void> {
  const { metafile } = await build({
    ...commonTo(outdir),
    splitting: true,
    entryPoints: { [name]: ENTRIES[name] },
    // jose asks for it at once, and Node loads its worker threads to answer.
    define: { navigator: "undefined" },
    inject: name === "index" ? [WEB] : [],
    ...options,
    plugins: [
      builtinsRequired,
      checksumWithoutZlib,
      clientsApart,
      textPlugin("waymark:content", packed),
      textPlugin("waymark:openapi", openApiText()),
      textPlugin("waymark:client", JSON.stringify(client)),
      ...(options.plugins ?? []),
    ],
  });
  const packages = name === "index" ? [] : KEPT_OUT[name];
  const found = packages.filter((each) => packagesOf(metafile as Metafile, name).has(each));
  if (found.length > 0) throw new Error(`The function ${name} must not contain ${found.join(", ")}`);
  const early = name === "index" ? packagesOf(metafile as Metafile, name, "at start") : new Set<string>();
  const faults = NOT_AT_START.filter((name) => early.has(name));
  if (faults.length > 0 && options.splitting !== false && options.format !== "cjs")
    throw new Error(`The functions must start without ${faults.join(", ")}: something imports it that has no need to`);
  const embedded = Object.keys(metafile?.inputs ?? {}).filter((input) => input.startsWith("src/store/sqlite/"));
  if (embedded.length > 0) throw new Error(`The functions must not contain the embedded store: ${embedded.join(", ")}`);
}

/**
 * A module that is a text made by the build: the checked catalog, since JSON.parse reads it faster than the engine reads
 * a program, and the OpenAPI document, since making it takes longer than a request may.
 */
const textPlugin = (name: string, contents: string): Plugin => ({
  name,
  setup(bundle) {
    bundle.onResolve({ filter: new RegExp(`^${name}$`) }, () => ({ path: name, namespace: name }));
    bundle.onLoad({ filter: /.*/, namespace: name }, () => ({ contents, loader: "text" }));
  },
});

/**
 * Node's own modules by `require`: what imports one as an ES module has Node ask for all that it exports, and of
 * `node:http` that includes a WebSocket, for which Node loads the whole client behind `fetch`.
 */
const builtinsRequired: Plugin = {
  name: "builtins-required",
  setup(bundle) {
    // Each importer has a module of its own: one for all would be a file, where files are cut apart.
    bundle.onResolve({ filter: /./ }, ({ path, kind, importer }) =>
      kind === "import-statement" && isBuiltin(path)
        ? { path: importer, namespace: "builtin", pluginData: path, suffix: `?${path}`, sideEffects: false }
        : undefined,
    );
    bundle.onLoad({ filter: /./, namespace: "builtin" }, ({ pluginData }) => ({ contents: required(pluginData) }));
    // What the SDK asks for at its first request; of a CommonJS module nothing is looked at before it is used.
    bundle.onResolve({ filter: /^node:http$/ }, ({ path, kind }) =>
      kind === "dynamic-import" ? { path, namespace: "builtin-later" } : undefined,
    );
    bundle.onLoad({ filter: /./, namespace: "builtin-later" }, ({ path }) => ({
      contents: `module.exports = require("${path}");`,
    }));
  },
};

/** What nobody imports of it is left out: with all of it, what Node loads at the first look at it would be looked at. */
function required(name: string): string {
  const names = Object.keys(createRequire(import.meta.url)(name)).filter(
    (each) => /^\w+$/.test(each) && each !== "default",
  );
  return [
    `const module = /* @__PURE__ */ require(${JSON.stringify(name)});`,
    "const take = (name) => module[name];",
    ...names.map((each) => `const ${each}_ = /* @__PURE__ */ take("${each}"); export { ${each}_ as ${each} };`),
    "export default module;",
  ].join("\n");
}

/** The checksum of event streams, which no function has, without Node's `zlib`, which would be loaded at every start. */
const checksumWithoutZlib: Plugin = {
  name: "checksum-without-zlib",
  setup(bundle) {
    bundle.onLoad({ filter: /crc32\/Crc32Node\.js$/ }, () => ({
      contents: 'export { Crc32Js as Crc32Node } from "./Crc32Js";',
    }));
  },
};

const clientsApart: Plugin = {
  name: "clients-apart",
  setup(bundle) {
    bundle.onResolve({ filter: /^@aws-sdk\/client-(s3|sqs)$/ }, ({ path, kind }) => {
      const [file] = Object.entries(CLIENTS).find(([, name]) => name === path) ?? [];
      return kind === "dynamic-import" && file !== undefined ? { path: `./${file}.mjs`, external: true } : undefined;
    });
  },
};

/** The packages in a function's file and in all files that it may import, or does before anybody asks. */
function packagesOf({ outputs }: Metafile, name: Entry, when: "at start" | "ever" = "ever"): Set<string> {
  const waiting = Object.keys(outputs).filter((file) => outputs[file]?.entryPoint === ENTRIES[name]);
  for (const file of waiting)
    for (const { path, kind } of outputs[file]?.imports ?? [])
      if (path in outputs && !waiting.includes(path) && (when === "ever" || kind === "import-statement"))
        waiting.push(path);
  const inputs = waiting.flatMap((file) => Object.entries(outputs[file]?.inputs ?? {}));
  return new Set(inputs.flatMap(([input, { bytesInOutput }]) => (bytesInOutput > 0 ? (packageOf(input) ?? []) : [])));
}

const packageOf = (input: string): string | undefined =>
  /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(input)?.[1];
