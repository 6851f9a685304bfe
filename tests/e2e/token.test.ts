import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decodeJwt } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { bearer } from "../support/builders/tokens.ts";
import { programOf } from "../support/processes/program.ts";
import { completedModule, run, type Service, startService, temporaryFolder } from "../support/processes/service.ts";
import { contentDir } from "./content.ts";

const CONTENT_DIR = contentDir();
const DATA_DIR = temporaryFolder();
let service: Service;
beforeAll(async () => {
  service = await startService({ CONTENT_DIR, DATA_DIR });
});

async function token(args: string[]) {
  const { child, output, exited } = run([programOf("scripts/token.ts"), ...args], { DATA_DIR });
  let stdout = "";
  child.stdout?.on("data", (text: string) => {
    stdout += text;
  });
  return { ...(await exited), stdout: stdout.trim(), output: output() };
}

describe("A token of this machine", () => {
  it("is a learner's, to the running service", async () => {
    const { code, stdout, output } = await token(["--learner=ada"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^eyJ[^\s]+$/);
    expect(output).toMatch(/npm start/);
    expect((await service.post(completedModule("ada", "strings"), bearer(stdout))).status).toBe(200);
    expect((await service.post(completedModule("bob", "strings"), bearer(stdout))).status).toBe(403);
    expect((await service.get("/learners/bob/progress", bearer(stdout))).status).toBe(403);
  });

  it("may have scopes, with or without a learner", async () => {
    const reader = bearer((await token(["--scope=waymark:read"])).stdout);
    expect((await service.get("/learners/bob/progress", reader)).status).toBe(200);
    expect((await service.post(completedModule("bob", "strings"), reader)).status).toBe(403);
    const both = (await token(["--learner=ada", "--scope=waymark:read,waymark:admin"])).stdout;
    expect(decodeJwt(both)).toMatchObject({ sub: "ada", scope: "waymark:read waymark:admin" });
  });

  it("is good for an hour, or as long as is said", async () => {
    const lifetime = async (args: string[]) => {
      const { exp = 0, iat = 0 } = decodeJwt((await token(["--learner=ada", ...args])).stdout);
      return exp - iat;
    };
    expect(await lifetime([])).toBe(3_600);
    expect(await lifetime(["--expires=7d"])).toBe(7 * 86_400);
  });

  it("is taken by a service that asks every caller, as it says how to start one", async () => {
    const { stdout, output } = await token(["--learner=ada"]);
    const variables = Object.fromEntries(
      [...output.matchAll(/(AUTH_\w+)=(\S+)/g)].map(([, name, value]) => [name, value]),
    );
    const asking = await startService({ CONTENT_DIR, ...(variables as Record<string, string>) });
    expect(asking.output()).toMatch(/callers +with a token of waymark-local for waymark/);
    expect((await asking.get("/learners/ada/progress")).status).toBe(401);
    expect((await asking.get("/learners/ada/progress", bearer(stdout))).status).toBe(200);
  });

  it("is signed with a key that only its owner can read", () => {
    expect(statSync(join(DATA_DIR, "tokens/private.jwk.json")).mode & 0o077).toBe(0);
  });
});

it.each([
  ["nothing", [], /--learner=ID/],
  ["a learner that none can be", ["--learner="], /Expected a learner's id/],
  ["a scope that there is not", ["--scope=waymark:root"], /Expected scopes among waymark:write/],
  ["a time that is none", ["--learner=a", "--expires=soon"], /Expected a time such as/],
  ["an option that there is not", ["--learner=a", "--sudo"], /unknown option/],
])("The token command refuses %s", async (_, args, message) => {
  const { code, output, stdout } = await token(args);
  expect(code).toBe(2);
  expect(output).toMatch(message);
  expect(stdout).toBe("");
  expect(output).not.toMatch(/^\s+at /m);
});

it("A token for a data folder that is none is refused, with what is wrong", async () => {
  const file = join(temporaryFolder(), "file");
  writeFileSync(file, "");
  const { exited, output } = run([programOf("scripts/token.ts"), "--learner=ada"], { DATA_DIR: file });
  expect(await exited).toMatchObject({ code: 2 });
  expect(output()).toMatch(/^error: The folder .*file cannot be used: ENOTDIR/);
});
