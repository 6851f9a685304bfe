import type { Reporter, TestModule } from "vitest/node";

/**
 * Ends the run with how many cases each property tried, with what failed, since the end is what one sees of a long log,
 * and with a line that CI reads: `N passed, N failed, N skipped`. A file that cannot be run counts as one failure.
 */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const count = { passed: 0, failed: errors.length, skipped: 0 };
    const tried: string[] = [];
    const failed: string[] = [];
    for (const module of modules) {
      if (module.errors().length > 0) {
        count.failed++;
        failed.push(failureOf(module.relativeModuleId, module.errors()));
      }
      for (const test of module.children.allTests()) {
        const { state, errors = [] } = test.result();
        if (state !== "pending") count[state]++;
        if (state === "failed") failed.push(failureOf(`${module.relativeModuleId} > ${test.fullName}`, errors));
        const { cases } = test.meta();
        if (cases !== undefined)
          tried.push(`${String(cases).padStart(7)}  ${module.relativeModuleId} > ${test.fullName}`);
      }
    }
    // The default reporter prints after this hook has returned.
    process.once("exit", () => {
      if (tried.length > 0) console.log(["Cases tried:", ...tried.sort(byPlace)].join("\n"));
      if (failed.length > 0) console.log(["Failed:", ...failed].join("\n"));
      console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
    });
  }
}

/** With the first lines of its error: of a property these have its seed. */
const failureOf = (name: string, [error]: readonly { message: string }[]) =>
  [name, ...(error?.message.split("\n").slice(0, 3) ?? [])].map((line) => `  ${line.slice(0, 500)}`).join("\n");

const byPlace = (a: string, b: string) => a.slice(9).localeCompare(b.slice(9));
