import { afterAll } from "vitest";
import { endFile } from "./file-end.ts";

// A worker keeps its modules from one file to the next, and runs this one anew before each file.
afterAll(endFile);
