import { readFileSync } from "node:fs";
import { hasBrowser, launch } from "../client/support/browser.ts";
import { launchService } from "../support/processes/launch-service.ts";
import { interleave, median, ratios } from "./measure.ts";
import { atMost, type Benchmark } from "./report.ts";
import { withTemporaryFolder } from "./temporary-folder.ts";

const EVENTS = 1_000;
const AIM = 1.2;
const PAGE = new URL("client-page.js", import.meta.url);

/** The time that the client takes to send what waits, against the same batches by plain fetch, in Chromium. */
export const client: Benchmark = async ({ quick }) => {
  if (!hasBrowser) {
    console.error("client: not measured, since there is no chromium here (apt-get install chromium)");
    return [];
  }
  return withTemporaryFolder(async (folder) => {
    const service = await launchService({ DATA_DIR: folder, LOG_LEVEL: "WARN" });
    const browser = await launch();
    try {
      const page = await browser.newPage();
      await page.goto(`${service.url}/health`);
      await page.addScriptTag({ content: readFileSync(PAGE, "utf8"), type: "module" });
      let learner = 0;
      const send = (by: string) => () => page.evaluate<number>(`window.${by}("learner-${learner++}", ${EVENTS})`);
      const times = await interleave(quick ? 3 : 9, { client: send("sendByClient"), fetch: send("sendByFetch") });
      const { ratio, spread } = ratios(times.client, times.fetch);
      const row = {
        benchmark: "client",
        case: `${EVENTS} queued events, against the same batches by plain fetch`,
        value: median(times.client),
        floor: median(times.fetch),
        unit: "ms",
      };
      return [{ ...row, ratio, spread, aim: atMost(ratio, AIM) }];
    } finally {
      await browser.close();
      await service.kill();
    }
  });
};
