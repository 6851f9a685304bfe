import { fileURLToPath } from "node:url";
import type { ClientFiles } from "../api/client-file.ts";

const SOURCES = {
  "/waymark.js": "waymark.ts",
  "/waymark-elements.js": "elements/waymark-elements.ts",
};

const sourceOf = (file: string) => fileURLToPath(new URL(`../client/${file}`, import.meta.url));

/** Builds the client's files, by the path at which they are served. esbuild is loaded when it is needed. */
export async function buildClient(): Promise<ClientFiles> {
  const { build } = await import("esbuild");
  const built = Object.entries(SOURCES).map(async ([path, file]) => {
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
      write: false,
    });
    return [path, outputFiles[0]?.text ?? ""] as const;
  });
  return Object.fromEntries(await Promise.all(built));
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
