import { Logger } from "@aws-lambda-powertools/logger";
import type { Environment } from "./environment.ts";
import type { Log } from "./log.ts";

/** `addContext`: which invocation of a Lambda the next lines belong to. */
export type LambdaLog = Log & { addContext(context: Parameters<Logger["addContext"]>[0]): void };

/** The structured log: one JSON line per message, to standard output, under the deployment's name. */
export function createLog({ logLevel, tablePrefix }: Pick<Environment, "logLevel" | "tablePrefix">): LambdaLog {
  const logger = new Logger({ serviceName: tablePrefix, logLevel });
  return {
    addContext: (context) => void logger.addContext(context),
    debug: (message, details = {}) => logger.debug(message, details),
    info: (message, details = {}) => logger.info(message, details),
    warn: (message, details = {}) => logger.warn(message, details),
    error: (message, details = {}) => logger.error(message, details),
  };
}
