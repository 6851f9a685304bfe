import { readFileSync } from "node:fs";

/** In KB. A process has its parent's maxRSS from the start, so Linux's own figure of this program is better. */
function peakMemory(): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "latin1"))?.[1]);
  } catch {
    return process.resourceUsage().maxRSS;
  }
}

// Imported before a program, prints how much memory it took at most.
process.on("exit", () => console.log(`peak ${peakMemory()} KB`));
