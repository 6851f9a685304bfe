import { launchService } from "../support/processes/launch-service.ts";
import { type Connection, openConnection } from "./connection.ts";
import { LOADS, lanesOf, type Request, type Run, walk } from "./workload.ts";

const TS = "2026-01-18T10:15:00Z";

export type Service = { run(run: Run): Promise<number>; stop(): Promise<void> };

/** Starts the service as `npm start` does, on a store that runs already. */
export async function startService(endpoint: string, prefix: string, contentDir: string): Promise<Service> {
  const { url, kill } = await launchService(
    { STORE: endpoint, TABLE_PREFIX: prefix, CONTENT_DIR: contentDir, LOG_LEVEL: "WARN" },
    { onLine: (line) => void (line.startsWith("{") && console.error(line)) },
  );
  return {
    run: (run) => send(url, run),
    async stop() {
      await kill();
    },
  };
}

let sent = 0;
const eventId = () => `0199f2b4-6f0e-7c3a-9d6e-${String(sent++).padStart(12, "0")}`;

const eventOf = (learnerId: string, module: string) => ({
  eventName: "learning_module_completed",
  eventId: eventId(),
  contactIdentifier: { contactId: learnerId, email: "learner@example.com" },
  course_slug: module.slice(0, module.indexOf("-lesson")),
  enrollment_source: "course_page",
  payload: { module_slug: module, ts: TS },
});

function bodyOf(parts: Request, batched: boolean): Buffer {
  const events = parts.flatMap(({ learnerId, modules }) => modules.map((module) => eventOf(learnerId, module)));
  return Buffer.from(JSON.stringify(batched ? { events } : events[0]));
}

/** Milliseconds until all answers are there. @throws Error when an answer is not what it should be */
async function send(url: string, run: Run): Promise<number> {
  const { batched, lanesAtOnce } = LOADS[run.load] as (typeof LOADS)[number];
  const lanes = lanesOf(run).map((lane) =>
    lane.map((parts) => ({
      body: bodyOf(parts, batched),
      courses: parts.flatMap(({ completes }) => completes).length,
    })),
  );
  // New ones for each run: the service closes what was idle for long.
  const connections = await Promise.all(
    Array.from({ length: lanesAtOnce }, () => openConnection(url, "/events/track")),
  );
  const idle = [...connections];
  const answers: { text: string; courses: number }[] = [];
  const time = await walk(lanes, lanesAtOnce, async ({ body, courses }) => {
    const connection = idle.pop() as Connection;
    answers.push({ text: await connection.post(body), courses });
    idle.push(connection);
  });
  for (const connection of connections) connection.close();
  for (const { text, courses } of answers)
    if (text.split('"newly_completed":true').length - 1 !== courses || text.includes('"error"'))
      throw new Error(`Expected ${courses} completed courses: ${text.slice(0, 500)}`);
  return time;
}
