import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { mappingSchema } from "../../src/service/jobs/import/mapping.ts";
import { commandHere } from "../support/processes/command-here.ts";
import { temporaryFolder } from "../support/processes/service.ts";
import { readPaper } from "./papers.ts";

type Example = { heading: string; files: [name: string, text: string][]; args: string[]; shown: string[] };

/** The examples of docs/import.md: under each heading files, and a command with what it prints. */
const examples = readPaper("docs/import.md")
  .split(/^### /m)
  .slice(1)
  .map((section): Example => {
    const heading = section.split("\n")[0] as string;
    const files = [...section.matchAll(/^```(?:csv|json|json-lines) (\S+)\n([\s\S]*?)^```$/gm)];
    const [, typed = "", shown = ""] = /^```console\n\$ npm run import -- (.*)\n([\s\S]*?)^```$/m.exec(section) ?? [];
    return {
      heading,
      files: files.map(([, name = "", text = ""]) => [name, text]),
      args: typed.split(" "),
      shown: shown.split("\n").slice(0, -1),
    };
  });

const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** `…` stands for any text in a line, and alone in a line for any lines. */
const patternOf = (shown: readonly string[]) =>
  new RegExp(
    `^${shown
      .map((line) =>
        line === "…"
          ? "(?:.*\n)*?"
          : `${line
              .split("…")
              .map((part) => literal(part))
              .join(".*")}\n`,
      )
      .join("")}$`,
  );

describe("an example of docs/import.md prints what the paper shows", () => {
  it("five of them", () => {
    expect(examples).toHaveLength(5);
  });

  it.each(examples)("$heading", async ({ files, args, shown }) => {
    const folder = temporaryFolder();
    for (const [name, text] of files) writeFileSync(join(folder, name), text);
    const inFolder = args.map((arg) =>
      files.reduce(
        (text, [name]) => text.replace(new RegExp(`(^|=)${literal(name)}$`), `$1${join(folder, name)}`),
        arg,
      ),
    );
    const variables = { CONTENT_DIR: "content", DATA_DIR: join(folder, "data") };
    const { output, code } = await commandHere(
      "import",
      [...inFolder, `--output-dir=${join(folder, "runs")}`],
      variables,
    );
    expect(output).toMatch(patternOf(shown));
    expect(code).toBe(output.includes("Refused:") ? 1 : 0);
  });
});

it("the mapping's JSON Schema stands beside the paper as the command prints it", () => {
  expect(JSON.parse(readPaper("docs/import-mapping.schema.json"))).toEqual(JSON.parse(JSON.stringify(mappingSchema())));
});
