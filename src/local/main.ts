import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";

// Most of a start is reading and compiling files, which is as good the next time. Where that cannot be kept, a start
// takes longer and is else the same.
enableCompileCache(fileURLToPath(new URL("../../node_modules/.cache/waymark", import.meta.url)));

// Only what is loaded after that is kept.
const { runServer } = await import("./run-server.ts");
await runServer();
