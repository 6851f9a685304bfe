import type { Catalog, ModuleDefinition } from "../../../src/catalog/catalog.ts";
import type { Result } from "../../../src/model/result.ts";
import type { Timestamp } from "../../../src/model/time.ts";
import { type Content, catalogOf } from "./catalogs.ts";

/** A catalog of one course, `c`, whose modules have these completion.json files, by slug. */
export const catalogOfModules = (modules: Record<string, object>, other: Content = {}): Catalog =>
  catalogOf({
    "courses/c.json": { slug: "c", modules: Object.keys(modules) },
    ...Object.fromEntries(Object.entries(modules).map(([slug, file]) => [`modules/${slug}/completion.json`, file])),
    ...other,
  });

/** The module `m` that a completion.json defines, with a quiz.json where one is given. */
export const moduleOf = (file: object, quiz?: object): ModuleDefinition =>
  catalogOfModules({ m: file }, quiz && { "modules/m/quiz.json": quiz }).module.get("m") as ModuleDefinition;

/** Results as facts hold them, from `[key, time, value]`; without a value, done. */
export const resultsOf = (...results: [key: string, at: Timestamp, value?: number][]): Result[] =>
  results.map(([key, at, value]) => ({ key, at, value: value ?? true }));
