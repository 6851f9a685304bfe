import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

/** What comes before the tests. None waits for another, so that none leaves a processor idle. */
const CHECKS = ["lint", "typecheck", "check-content", "build"];

const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };

/** Runs a script of package.json, and prints what it printed when it is over. @returns whether it went well */
const check = (name: string): Promise<boolean> =>
  new Promise((done) => {
    const child = spawn(scripts[name] as string, { shell: true, stdio: ["ignore", "pipe", "pipe"] });
    let printed = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        printed += text;
      });
    child.once("close", (code) => {
      console.log(`> ${name}: ${scripts[name]}\n${printed.trimEnd()}`);
      done(code === 0);
    });
  });

const passed = await Promise.all(CHECKS.map(check));
process.exitCode = passed.every(Boolean) ? 0 : 1;
