import { AnalyticsFault } from "../analytics/analytics-fault.ts";
import { StartError } from "./start-error.ts";

/** The exit code of a run that Ctrl-C has stopped. */
export const INTERRUPTED = 130;

/** Does something that Ctrl-C interrupts, instead of ending the process. */
export async function interruptible<T>(interrupt: () => void, work: () => Promise<T>): Promise<T> {
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  try {
    return await work();
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  }
}

/** A run that Ctrl-C stops, and that can be gone on with. */
type Stoppable<Summary> = {
  stop: AbortController;
  display: { stop(): void };
  /** What it finishes before it stops. */
  inHand: string;
  /** @returns undefined when it was stopped */
  work: () => Promise<Summary | undefined>;
  /** @returns the exit code */
  conclude: (summary: Summary) => Promise<number>;
  /** How much is done. */
  done: () => string;
  /** The command that goes on with it. */
  goOn: string;
};

/** Runs what can be stopped and gone on with; what ends it is told in a line. @returns the exit code @throws StartError */
export async function runStoppable<Summary>(run: Stoppable<Summary>): Promise<number> {
  const { stop } = run;
  const interrupt = () => {
    if (!stop.signal.aborted) console.error(`\nStopping after the ${run.inHand} in hand …`);
    stop.abort();
  };
  return interruptible(interrupt, () => runToEnd(run));
}

async function runToEnd<Summary>(run: Stoppable<Summary>): Promise<number> {
  const { display } = run;
  const goOn = `Go on with: ${run.goOn}`;
  try {
    const summary = await run.work();
    display.stop();
    if (summary !== undefined) return await run.conclude(summary);
    console.error(`Interrupted after ${run.done()}. ${goOn}`);
    return INTERRUPTED;
  } catch (error) {
    display.stop();
    if (error instanceof StartError) throw error;
    // It says by itself what is to be done.
    if (error instanceof AnalyticsFault) throw new StartError(error.message);
    const { cause } = error as Error;
    console.error(`error: ${cause instanceof Error ? cause.message : (error as Error).message}`);
    console.error(`The run stopped; what is done is done. ${goOn}`);
    return 1;
  }
}
