import { readFileSync } from "node:fs";

// A process of a function, as Lambda keeps one: it works segment after segment until its time is up, and says what that
// took. Arguments: the bundle, the function, what it is called with, and for how many seconds segments are worked.

const [bundle = "", name = "", input = "{}", seconds = "0"] = process.argv.slice(2);
const functions = await import(bundle);
const LIMIT_MS = 15 * 60_000;
const STOPS_BEFORE_END_MS = 60_000;

const given = JSON.parse(input) as { segments?: number[] };
const began = performance.now();
const before = process.cpuUsage();
const end = began + Number(seconds) * 1_000;
let answer: unknown;
if (name !== "segment") {
  answer = await functions[name](given, { getRemainingTimeInMillis: () => LIMIT_MS });
} else {
  for (const segment of given.segments ?? []) {
    const left = end - performance.now();
    if (left <= 0) break;
    const call = { ...given, segment, generation: 0 };
    answer = await functions.segment(call, { getRemainingTimeInMillis: () => STOPS_BEFORE_END_MS + left });
  }
}
const { user, system } = process.cpuUsage(before);
const peak = Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "latin1"))?.[1] ?? 0);
const used = {
  seconds: (performance.now() - began) / 1_000,
  processor: (user + system) / 1e6,
  megabytes: peak / 1_024,
};
process.stdout.write(`\n${JSON.stringify({ answer, ...used })}\n`);
