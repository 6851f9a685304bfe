import { EnvironmentError } from "../process/environment.ts";

/**
 * What a function is made of before its first event. Where its settings are wrong it ends, and its log says why, without a
 * stack; any other fault is thrown on, because its stack is what tells of it.
 */
export function startOrEnd<Started>(start: () => Started): Started {
  try {
    return start();
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}
