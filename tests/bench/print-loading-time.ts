import { readFileSync } from "node:fs";
import { type Input, loadingTime, type Work } from "./loading-time.ts";

// Prints how many milliseconds the first load of a process takes.
const [input, work, path] = process.argv.slice(2) as [Input, Work, string];
console.log(loadingTime(input, work, input === "packed" ? readFileSync(path, "utf8") : path));
