import type { Reporter, TestModule } from "vitest/node";

/**
 * Ends the run with how many cases each property tried, and then with a line that CI reads: `N passed, N failed, N
 * skipped`. A file that cannot be run counts as one failure.
 */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const count = { passed: 0, failed: errors.length, skipped: 0 };
    const tried: string[] = [];
    for (const module of modules) {
      if (module.errors().length > 0) count.failed++;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state !== "pending") count[state]++;
        const { cases } = test.meta();
        if (cases !== undefined)
          tried.push(`${String(cases).padStart(7)}  ${module.relativeModuleId} > ${test.fullName}`);
      }
    }
    // The default reporter prints after this hook has returned.
    process.once("exit", () => {
      if (tried.length > 0) console.log(["Cases tried:", ...tried.sort(byPlace)].join("\n"));
      console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
    });
  }
}

const byPlace = (a: string, b: string) => a.slice(9).localeCompare(b.slice(9));
