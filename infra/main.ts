import { createApp } from "./app.ts";
import { STAGES } from "./stages.ts";

/** What `npm run build` makes: one folder, with the bundle of each function. */
const CODE = "dist/lambda";

createApp({ stages: STAGES, code: CODE, sources: "." });
