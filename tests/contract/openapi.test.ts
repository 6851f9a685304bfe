import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { beforeAll, describe, expect, it } from "vitest";
import { openApiText } from "../../src/api/openapi-text.ts";
import { PROBLEMS } from "../../src/api/problems.ts";
import { ROUTES } from "../../src/api/routes.ts";
import { eventSchemas } from "../../src/contract/event-schemas.ts";
import { FIELDS } from "../../src/contract/openapi/event-fields.ts";
import { ERROR_CODES } from "../../src/model/errors.ts";
import { parseEvent } from "../../src/model/parse-event.ts";
import { temporaryFolder } from "../support/processes/service.ts";

type Json = Record<string, unknown>;

const text = openApiText();
const document = JSON.parse(text) as {
  paths: Record<string, Record<string, { operationId: string; responses: Json }>>;
  components: { schemas: Record<string, Json> };
};
const NOW = "2026-01-18T12:00:00.000Z";

let file: string;
beforeAll(() => {
  file = join(temporaryFolder(), "openapi.json");
  writeFileSync(file, text);
});

/** Runs a Node program of a package. */
const node = (...args: string[]) =>
  spawnSync(process.execPath, args, {
    encoding: "utf8",
    env: { PATH: process.env.PATH, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true", NO_COLOR: "1" },
  });

describe("The OpenAPI document", () => {
  it("has every route, each under a name of its own", () => {
    const found = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ":$1")}`),
    );
    expect(found.sort()).toEqual(ROUTES.map(({ method, path }) => `${method} ${path}`).sort());
    expect(new Set(ROUTES.map(({ operationId }) => operationId)).size).toBe(ROUTES.length);
  });

  it("names every code under its status", () => {
    // No route answers that a method is not for it.
    for (const code of ERROR_CODES.filter((name) => name !== "METHOD_NOT_ALLOWED")) {
      const told = Object.values(document.paths).flatMap((operations) =>
        Object.values(operations).flatMap(({ responses }) => JSON.stringify(responses[PROBLEMS[code].status] ?? "")),
      );
      const shared = code.toLowerCase().replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
      expect(told.some((response) => response.includes(`"${code}"`) || response.includes(shared))).toBe(true);
    }
  });

  it("passes Redocly's recommended rules without an error or a warning", () => {
    const lint = node("node_modules/@redocly/cli/bin/cli.js", "lint", "--extends=recommended", "--format=json", file);
    expect(JSON.parse(lint.stdout)).toMatchObject({ totals: { errors: 0, warnings: 0 }, problems: [] });
    expect(lint.status).toBe(0);
  });
});

describe("What the document says of a body", () => {
  const ajv = addFormats.default(new Ajv2020({ strict: false, discriminator: false }));
  ajv.addSchema({ ...document, $id: "openapi" });
  const isBody = (body: unknown) => ajv.validate({ $ref: "openapi#/components/schemas/TrackBody" }, body) as boolean;
  const contactIdentifier = { contactId: "123" };
  const started = { eventName: "learning_module_started", contactIdentifier };

  it.each(eventSchemas().map((event) => [event.name, event] as const))("%s: its example is taken", (name, event) => {
    const component = Object.values(document.components.schemas).find(
      ({ properties }) => (properties as { eventName?: Json } | undefined)?.eventName?.const === name,
    );
    const [example] = (component as { examples: [Json] }).examples;
    expect(isBody(example)).toBe(true);
    expect(parseEvent(example, NOW)).toMatchObject({ ok: true, event: { name } });
    const { payload, ...rest } = example;
    expect(isBody({ ...rest, ...(payload as Json) })).toBe(true);
    expect(parseEvent({ ...rest, ...(payload as Json) }, NOW)).toMatchObject({ ok: true });
    expect(Object.keys(event.fields).filter((field) => !(field in FIELDS))).toEqual([]);
  });

  it.each([
    ["a slug at the top", { ...started, module_slug: "strings" }, true],
    ["a slug in payload", { ...started, payload: { module_slug: "strings" } }, true],
    ["no slug", { ...started, payload: {} }, false],
    ["a slug that is none", { ...started, module_slug: "a b" }, false],
    ["an unknown event", { ...started, eventName: "learning_module_begun", module_slug: "strings" }, false],
    ["a batch", { events: [{ ...started, module_slug: "strings" }], token: "x" }, true],
    ["an empty batch", { events: [] }, false],
    ["101 events", { events: Array.from({ length: 101 }, () => ({ ...started, module_slug: "strings" })) }, false],
  ])("%s", (_, body, expected) => {
    expect(isBody(body)).toBe(expected);
  });
});

describe("Types that openapi-typescript makes from it", () => {
  const SNIPPETS: [what: string, expression: string, compiles: boolean][] = [
    ["a slug in payload", `{ eventName: "learning_module_started", payload: { module_slug: "m" } }`, true],
    ["a slug at the top", `{ eventName: "learning_module_started", module_slug: "m" }`, true],
    ["a batch", `{ events: [{ eventName: "learning_course_enrolled", course_slug: "c" }] }`, true],
    ["a wrong event name", `{ eventName: "learning_module_begun", payload: { module_slug: "m" } }`, false],
    ["a wrong event name in a batch", `{ events: [{ eventName: "module_started", module_slug: "m" }] }`, false],
    ["a camelCase key", `{ eventName: "learning_module_started", module_slug: "m", courseSlug: "c" }`, false],
    [
      "a camelCase key in payload",
      `{ eventName: "learning_module_started", payload: { module_slug: "m", courseSlug: "c" } }`,
      false,
    ],
    ["a slug that is missing", `{ eventName: "learning_module_started", payload: {} }`, false],
    [
      "a score that is a text",
      `{ eventName: "learning_task_submitted", module_slug: "m", task_slug: "t", score: "1" }`,
      false,
    ],
  ];

  it("compile, and let through what the service takes and nothing else", () => {
    const folder = temporaryFolder();
    const hooks = ["--import", "./tests/support/processes/typescript-with-api.ts"];
    const made = node(...hooks, "node_modules/openapi-typescript/bin/cli.js", file, "-o", join(folder, "openapi.ts"));
    expect(made).toMatchObject({ status: 0 });
    for (const [index, [, expression]] of SNIPPETS.entries())
      writeFileSync(
        join(folder, `snippet-${index}.ts`),
        `import type { components } from "./openapi.ts";\nexport const body: components["schemas"]["TrackBody"] = ${expression};\n`,
      );
    writeFileSync(
      join(folder, "answer.ts"),
      `import type { paths } from "./openapi.ts";
type Answer = paths["/learners/{id}/courses/{slug}"]["get"]["responses"][200]["content"]["application/json"];
export const isDone = (answer: Answer): boolean => answer.completed && answer.progress.total > 0;\n`,
    );
    const flags = [
      "--ignoreConfig",
      "--noEmit",
      "--strict",
      "--module",
      "nodenext",
      "--allowImportingTsExtensions",
      "--exactOptionalPropertyTypes",
    ];
    const files = [...SNIPPETS.keys()].map((index) => join(folder, `snippet-${index}.ts`));
    const { stdout } = node("node_modules/typescript/bin/tsc", ...flags, ...files, join(folder, "answer.ts"));
    // Every fault is in a snippet: not in what was made, and not in how the compiler is called.
    expect(stdout.split("\n").filter((line) => /error TS/.test(line) && !/snippet-\d+\.ts\(/.test(line))).toEqual([]);
    const compiled = SNIPPETS.map(([what], index) => [what, !stdout.includes(`snippet-${index}.ts(`)]);
    expect(compiled).toEqual(SNIPPETS.map(([what, , compiles]) => [what, compiles]));
  });
});
