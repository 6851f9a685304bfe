import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { accessSync, constants, existsSync, globSync, readFileSync, renameSync, symlinkSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { gunzipSync } from "node:zlib";
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { expect } from "vitest";
import { holdToContract } from "../oracles/contract.ts";
import { atFileEnd } from "../vitest/file-end.ts";
import { watchOutput } from "../vitest/secrets.ts";
import { temporaryFolder } from "./service.ts";

const PROJECT = resolve(import.meta.dirname, "../../..");

/** What the Lambda runtime does: imports the bundle, and calls its handler once per event. */
const RUNTIME = `
  const { handler } = await import(process.env.BUNDLE);
  process.on("message", async ({ id, event }) => process.send({ id, result: await handler(event, {}) }));
  process.send("ready");
`;

/** The first Node of a major version on the PATH. */
export function nodeOnPath(major: number): string | undefined {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  return (process.env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, "node"))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
      } catch {
        return false;
      }
      return spawnSync(file, ["--version"], { encoding: "utf8" }).stdout.startsWith(`v${major}.`);
    });
}

/**
 * Builds the project in a folder of its own, so that a test leaves the project's `dist` alone. What a test run has built
 * of the same content it does not build again, so nobody may write there. @returns that folder's `dist`
 */
export function buildIn(contentDir: string): string {
  const { TEST_BUILDS } = process.env;
  if (TEST_BUILDS === undefined) return join(buildAnew(contentDir), "dist");
  const shared = join(TEST_BUILDS, hashOf(contentDir));
  if (existsSync(shared)) return join(shared, "dist");
  const built = buildAnew(contentDir);
  try {
    renameSync(built, shared);
  } catch {
    // Another worker was faster.
    return join(built, "dist");
  }
  return join(shared, "dist");
}

function hashOf(contentDir: string): string {
  const hash = createHash("sha256");
  for (const file of globSync("**/*.json", { cwd: contentDir }).sort())
    hash.update(JSON.stringify([file, readFileSync(join(contentDir, file), "utf8")]));
  return hash.digest("hex");
}

function buildAnew(contentDir: string): string {
  const folder = temporaryFolder();
  for (const name of ["src", "scripts"]) symlinkSync(join(PROJECT, name), join(folder, name));
  const build = spawnSync(process.execPath, [join(PROJECT, "scripts/tools/build.ts")], {
    cwd: folder,
    env: { ...process.env, CONTENT_DIR: contentDir },
    encoding: "utf8",
  });
  expect(build).toMatchObject({
    status: 0,
    stderr: "",
    stdout: expect.stringContaining("Built dist/lambda/index.mjs"),
  });
  return folder;
}

export type HttpResult = APIGatewayProxyStructuredResultV2 & {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
};
export type Lambda<Result> = { invoke(event: object): Promise<Result>; output(): string; process: ChildProcess };

/** What a function answers over HTTP is held to the contract; what it answers a queue is not for callers. */
function held<Result>(event: object, result: Result): Result {
  const { rawPath, requestContext } = event as { rawPath?: string; requestContext?: { http?: { method: string } } };
  const { statusCode: status, headers, body, isBase64Encoded } = result as HttpResult;
  if (rawPath === undefined || requestContext?.http === undefined || !body) return result;
  const contentType = headers["content-type"] ?? "";
  const { method } = requestContext.http;
  expect(isBase64Encoded ?? false).toBe(headers["content-encoding"] === "gzip");
  const text = textOf(result as HttpResult);
  holdToContract({ method, path: rawPath, status, contentType, body: JSON.parse(text) });
  return result;
}

/** What a caller reads: API Gateway hands on the bytes, and the caller unpacks them. */
export const textOf = ({ body, isBase64Encoded }: HttpResult): string =>
  isBase64Encoded ? gunzipSync(Buffer.from(body, "base64")).toString() : body;

/** A Lambda's process, in which one handler answers every event. */
export async function startLambda<Result = HttpResult>(
  node: string,
  bundle: string,
  variables: Record<string, string>,
): Promise<Lambda<Result>> {
  const child = spawn(node, ["--input-type=module", "--eval", RUNTIME], {
    env: {
      PATH: process.env.PATH,
      BUNDLE: pathToFileURL(bundle).href,
      AWS_REGION: "eu-central-1",
      AWS_LAMBDA_FUNCTION_NAME: "waymark",
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      // What one of them has compiled serves the next.
      ...(process.env.NODE_COMPILE_CACHE !== undefined && { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE }),
      ...variables,
    },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  atFileEnd(() => child.kill("SIGKILL"));
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  watchOutput(() => output);
  const waiting = new Map<string, (result: Result) => void>();
  const ended = new Promise<never>((_, failed) => {
    child.once("close", (code) => {
      failed(new Error(`The Lambda ended with ${code}:\n${output}`));
    });
  });
  // Who waits for an answer learns of the end; when nobody does, it is as it should be.
  ended.catch(() => {});
  const ready = new Promise<void>((done) => {
    child.on("message", (message: "ready" | { id: string; result: Result }) => {
      if (message === "ready") done();
      else waiting.get(message.id)?.(message.result);
    });
  });
  await Promise.race([ready, ended]);
  return {
    process: child,
    output: () => output,
    invoke(event) {
      const id = randomUUID();
      const answered = new Promise<Result>((done) => waiting.set(id, done));
      child.send({ id, event });
      return Promise.race([answered, ended]).then((result) => held(event, result));
    },
  };
}
