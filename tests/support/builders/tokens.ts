import { createIssuerIn, type Issuer } from "../fakes/issuer.ts";
import { temporaryFolder } from "../processes/service.ts";

// Benchmarks use the same without a test's hooks.
export { ALL_SCOPES, bearer, type Issuer } from "../fakes/issuer.ts";

/** Somebody who issues tokens, whose keys are gone when the test file is over. */
export const createIssuer = (kid?: string): Promise<Issuer> => createIssuerIn(temporaryFolder(), kid);
