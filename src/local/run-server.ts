import { StartError } from "../commands/start-error.ts";
import { type Environment, EnvironmentError, readEnvironment } from "../process/environment.ts";
import { createLog } from "../process/logger.ts";
import { startServer } from "./server.ts";

/** What stands behind the service for as long as it runs. */
export type Backing = { environment: Environment; close(): Promise<void> };

/**
 * Runs the service until somebody stops it. What cannot start is one clear message and exit code 2.
 * @param back starts what the service needs besides, and says where it is
 */
export async function runServer(
  back: (environment: Environment) => Promise<Backing> = async (environment) => ({
    environment,
    close: async () => {},
  }),
): Promise<void> {
  try {
    const backing = await back(readEnvironment());
    const { environment } = backing;
    const server = await startServer(environment, createLog(environment)).catch(async (error: unknown) => {
      await backing.close();
      throw error;
    });
    let stopping = false;
    for (const signal of ["SIGTERM", "SIGINT"] as const)
      process.on(signal, () => {
        if (stopping) return;
        stopping = true;
        // An open handle that is forgotten must not keep a stopped service running.
        void server
          .close()
          .then(backing.close)
          .then(() => process.exit(0));
      });
    // Whoever waits for it may stop the service at once.
    console.log(server.banner);
  } catch (error) {
    if (!(error instanceof EnvironmentError || error instanceof StartError)) throw error;
    console.error(error.message);
    process.exitCode = 2;
  }
}
