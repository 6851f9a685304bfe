import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

const FOLDER = import.meta.dirname;
const CLIENT = join(FOLDER, "node_modules/aws-lambda-ric");
/** What its installation calls; Debian has each under the same name. */
const TOOLS = ["cmake", "make", "g++", "tar", "xz"];

/**
 * AWS's runtime client, installed and built where it is not yet. It takes a minute, and only these tests need it.
 * @returns its program
 * @throws Error that says what is missing
 */
export function runtimeClient(): string {
  const program = join(CLIENT, "index.mjs");
  if (existsSync(join(CLIENT, "rapid-client.node"))) return program;
  if (process.platform !== "linux") throw new Error("AWS's runtime client is built on Linux alone.");
  const missing = TOOLS.filter((tool) => spawnSync(tool, ["--version"]).error !== undefined);
  if (missing.length > 0)
    throw new Error(`AWS's runtime client is built when it is installed, and needs: ${missing.join(", ")}.`);

  console.error("Installing and building AWS's runtime client ...");
  const { status, stdout, stderr } = spawnSync("npm", ["ci", "--foreground-scripts"], {
    cwd: FOLDER,
    encoding: "utf8",
  });
  if (status !== 0 || !existsSync(join(CLIENT, "rapid-client.node")))
    throw new Error(`AWS's runtime client cannot be built:\n${`${stdout}${stderr}`.split("\n").slice(-30).join("\n")}`);
  return program;
}
