import { readContent } from "../../src/catalog/read-content.ts";
import { type Input, loadingTime, type Work } from "./loading-time.ts";

// Prints how many milliseconds the first load of a process takes.
const [input, work, folder] = process.argv.slice(2) as [Input, Work, string];
const text = input === "text" ? JSON.stringify(readContent(folder).files) : "";
console.log(loadingTime(input, work, folder, text));
