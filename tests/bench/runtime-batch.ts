import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ALL_SCOPES, type Issuer } from "../support/fakes/issuer.ts";
import { startFunction } from "../trials/runtime/function.ts";
import { interleave, median, ratios } from "./measure.ts";
import { atMost, type Row } from "./report.ts";

const POST = fileURLToPath(new URL("../e2e/events/01-http-api-module-started.json", import.meta.url));
const BATCH = 50;
const AIM = 0.25;
/** Of single events so many are measured at a time, or one would be less than the clock's step. */
const SINGLES = 25;
/** The engine has compiled by then what it will. */
const WARM_UPS = 6;

const completed = (learner: string, module: number) => ({
  eventName: "learning_module_completed",
  contactIdentifier: { contactId: learner },
  payload: { module_slug: `module-${module}`, ts: "2026-01-18T10:15:00Z" },
});
const range = Array.from({ length: BATCH }, (_, index) => index);

type Options = { client: string; folder: string; issuer: Issuer; variables: Record<string, string>; rounds: number };

/** What an event takes of the function's processor, in a batch and by itself; the store is a process of its own. */
export async function batchRows({ client, folder, issuer, variables, rounds }: Options): Promise<Row[]> {
  const started = await startFunction({ client, folder, handler: "index.handler", variables });
  try {
    const post = JSON.parse(readFileSync(POST, "utf8"));
    post.headers.authorization = `Bearer ${await issuer.mint({ scope: ALL_SCOPES })}`;
    const send = async (body: object) => {
      const { answer } = await started.invoke({ ...post, body: JSON.stringify(body), isBase64Encoded: false });
      const text = JSON.stringify(answer);
      if (!text.includes('"statusCode":200') || text.includes('\\"error\\"'))
        throw new Error(`An event was refused: ${text.slice(0, 500)}`);
    };
    const perEvent = async (events: number, work: () => Promise<void>) => {
      const before = started.cpuMs();
      await work();
      return (started.cpuMs() - before) / events;
    };
    let learners = 0;
    const learner = () => `learner-${learners++}`;
    const samples = await interleave(
      rounds,
      {
        single: () =>
          perEvent(SINGLES, async () => {
            for (const module of range.slice(0, SINGLES)) await send(completed(learner(), module));
          }),
        "of one learner": () => {
          const one = learner();
          return perEvent(BATCH, () => send({ events: range.map((module) => completed(one, module)) }));
        },
        "of 50 learners": () =>
          perEvent(BATCH, () => send({ events: range.map((module) => completed(learner(), module)) })),
      },
      WARM_UPS,
    );
    const row = (name: "of one learner" | "of 50 learners"): Row => ({
      benchmark: "runtime",
      case: `processor time of an event: in a batch of ${BATCH} ${name}, against a single one`,
      value: median(samples[name]),
      floor: median(samples.single),
      unit: "ms",
      ...ratios(samples[name], samples.single),
    });
    const [one, many] = [row("of one learner"), row("of 50 learners")];
    return [{ ...one, aim: atMost(one.ratio as number, AIM) }, many];
  } finally {
    await started.stop();
  }
}
