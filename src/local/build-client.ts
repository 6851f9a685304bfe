import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Plugin } from "esbuild";
import type { ClientFiles } from "../api/client-file.ts";
import { apiPage, type OpenApi } from "./api-page.ts";
import { exchangesIn } from "./paper-exchanges.ts";

/** Programs for browsers, by the path at which they are served. */
const PROGRAMS = {
  "/waymark.js": "client/waymark.ts",
  "/waymark-elements.js": "client/elements/waymark-elements.ts",
  "/lms.js": "pages/lms/main.ts",
  "/operator.js": "pages/operator/main.ts",
};
/** What is served as it is written; of several files, one behind the other. */
const TEXTS = {
  "/": ["pages/lms/index.html"],
  "/lms.css": ["pages/base.css", "pages/lms/lms.css"],
  "/operator": ["pages/operator/index.html"],
  "/operator.css": ["pages/base.css", "pages/operator/operator.css"],
  "/api.css": ["pages/base.css", "pages/api/api.css"],
};

const sourceOf = (file: string) => fileURLToPath(new URL(`../${file}`, import.meta.url));

/** Pages take client and elements from where everybody else takes them. */
const asServed: Plugin = {
  name: "as-served",
  setup(bundle) {
    bundle.onResolve({ filter: /client\/(?:elements\/)?waymark(?:-elements)?\.ts$/ }, ({ path, kind }) =>
      kind === "entry-point" ? undefined : { path: path.replace(/^.*\//, "/").replace(/ts$/, "js"), external: true },
    );
  },
};

/** Builds what browsers are served, by its path. esbuild is loaded when it is needed. */
export async function buildClient(): Promise<ClientFiles> {
  const { build } = await import("esbuild");
  const built = Object.entries(PROGRAMS).map(async ([path, file]) => {
    const { outputFiles } = await build({
      entryPoints: [sourceOf(file)],
      bundle: true,
      minify: true,
      format: "esm",
      // Browsers since 2022.
      target: "es2022",
      charset: "utf8",
      legalComments: "none",
      logLevel: "warning",
      plugins: [asServed],
      write: false,
    });
    return [path, outputFiles[0]?.text ?? ""] as const;
  });
  const read = Object.entries(TEXTS).map(
    async ([path, files]) =>
      [path, (await Promise.all(files.map((file) => readFile(sourceOf(file), "utf8")))).join("")] as const,
  );
  return Object.fromEntries(await Promise.all([...built, ...read, reference()]));
}

/** The page of the OpenAPI document; the paper that is tested against a running service has its examples. */
async function reference(): Promise<readonly [string, string]> {
  const [{ openApiText }, paper] = await Promise.all([
    import("../api/openapi-text.ts"),
    // Where a service is installed without its papers, the page has no examples, and the client must come all the same.
    readFile(sourceOf("../docs/api.md"), "utf8").catch(() => ""),
  ]);
  return ["/api", apiPage(JSON.parse(openApiText()) as OpenApi, exchangesIn(paper))];
}

let built: ReturnType<typeof buildClient> | undefined;

/** The same for a service that runs from its sources: built at the first request for one of them. */
export function builtClient(): ReturnType<typeof buildClient> {
  built ??= buildClient().catch((error: unknown) => {
    built = undefined;
    throw error;
  });
  return built;
}
