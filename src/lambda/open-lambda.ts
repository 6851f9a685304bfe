import { type Environment, EnvironmentError } from "../process/environment.ts";
import { createLog } from "../process/logger.ts";
import { createMetrics } from "../process/metrics.ts";
import { openDynamoStore } from "../store/dynamodb/open.ts";
import { openLambdaCatalog } from "./catalog.ts";

/**
 * What every function stands on.
 * @param faults what else is missing in the environment
 * @throws EnvironmentError that names all that is missing
 */
export function openLambda(environment: Environment, faults: readonly string[]) {
  const { store: target, tablePrefix, indexes, region, hasCredentials } = environment;
  const storeFaults =
    target.kind === "embedded" ? ["STORE: a Lambda has no disk to embed a store in; set STORE=aws"] : [];
  const missing = [...storeFaults, ...faults];
  if (missing.length > 0) throw new EnvironmentError(missing);

  const [log, metrics] = [createLog(environment), createMetrics(environment)];
  const endpoint = target.kind === "endpoint" ? target.address : undefined;
  const { store } = openDynamoStore({ endpoint, region, hasCredentials }, tablePrefix, { indexes }).connect("page");
  return { log, metrics, store, catalog: openLambdaCatalog(environment, log, metrics) };
}
