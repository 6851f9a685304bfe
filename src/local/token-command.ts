import { StartError } from "../commands/start-error.ts";
import { LearnerId } from "../model/learner.ts";
import { SCOPES } from "../model/scope.ts";
import { readEnvironment } from "../process/environment.ts";
import { localIssuer, mintToken } from "./local-issuer.ts";

export type TokenOptions = { learner?: string; scope?: string; expires: string };

/** Prints a token that the service on this machine takes. @throws StartError for options that make none */
export async function runTokenCommand({ learner, scope, expires }: TokenOptions): Promise<number> {
  if (learner === undefined && scope === undefined)
    throw new StartError("Say whose token it is with --learner=ID, or what it allows with --scope=waymark:write.");
  if (learner !== undefined && !LearnerId.safeParse(learner).success)
    throw new StartError("--learner: Expected a learner's id.");
  const scopes = scope?.split(/[ ,]+/);
  if (scopes?.some((one) => !(SCOPES as readonly string[]).includes(one)))
    throw new StartError(`--scope: Expected scopes among ${SCOPES.join(", ")}.`);
  if (!/^\d{1,6} ?(s|m|h|d)$/.test(expires)) throw new StartError("--expires: Expected a time such as 30m, 1h or 7d.");

  const issuer = await localIssuer(readEnvironment().dataDir);
  console.log(await mintToken(issuer, { learner, scope: scopes?.join(" "), expires }));
  console.error(
    [
      '`npm start` takes it: curl -H "Authorization: Bearer $TOKEN" …; without a token it is open.',
      `To have it ask every caller, as on AWS: AUTH_ISSUER=${issuer.issuer} AUTH_AUDIENCE=${issuer.audience} AUTH_JWKS=${issuer.jwks} npm start`,
    ].join("\n"),
  );
  return 0;
}
