import { readFileSync, writeFileSync } from "node:fs";
import { flowPicture } from "./flow-picture.ts";

const file = (name: string) => new URL(`../../docs/${name}`, import.meta.url);

writeFileSync(file("architecture.svg"), flowPicture(readFileSync(file("architecture.flow.txt"), "utf8")));
console.log("Drew docs/architecture.svg from docs/architecture.flow.txt");
