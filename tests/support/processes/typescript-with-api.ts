import { registerHooks } from "node:module";

// openapi-typescript prints with the compiler's JavaScript API, which TypeScript 7 does not have any more. An older
// compiler stands in a file of @ts-morph/common, and is taken instead where that is asked for.
const OLDER = new URL("./typescript.js", import.meta.resolve("@ts-morph/common")).href;

registerHooks({
  resolve: (specifier, context, next) => next(specifier === "typescript" ? OLDER : specifier, context),
});
