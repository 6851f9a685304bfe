import { Command, InvalidArgumentError } from "commander";
import { runCommand } from "../src/commands/command.ts";
import { StartError } from "../src/commands/start-error.ts";
import { localIssuer, mintToken } from "../src/local/local-issuer.ts";
import { LearnerId } from "../src/model/learner.ts";
import { SCOPES } from "../src/model/scope.ts";
import { readEnvironment } from "../src/process/environment.ts";

const learner = (text: string): string => {
  if (!LearnerId.safeParse(text).success) throw new InvalidArgumentError("Expected a learner's id.");
  return text;
};
const scopes = (text: string): string => {
  const unknown = text.split(/[ ,]+/).filter((scope) => !(SCOPES as readonly string[]).includes(scope));
  if (unknown.length > 0) throw new InvalidArgumentError(`Expected scopes among ${SCOPES.join(", ")}.`);
  return text.split(/[ ,]+/).join(" ");
};
const duration = (text: string): string => {
  if (!/^\d{1,6} ?(s|m|h|d)$/.test(text)) throw new InvalidArgumentError("Expected a time such as 30m, 1h or 7d.");
  return text;
};

const program = new Command()
  .name("token")
  .description("Mints a token that the service on this machine takes. The token alone goes to standard output.")
  .option("--learner <id>", "whose token it is: it may send and read that learner's events", learner)
  .option("--scope <scopes>", `what else it allows: ${SCOPES.join(", ")}`, scopes)
  .option("--expires <time>", "how long it is good", duration, "1h")
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .parse();

await runCommand(async () => {
  const options = program.opts<{ learner?: string; scope?: string; expires: string }>();
  if (options.learner === undefined && options.scope === undefined)
    throw new StartError("Say whose token it is with --learner=ID, or what it allows with --scope=waymark:write.");
  const issuer = await localIssuer(readEnvironment().dataDir);
  console.log(await mintToken(issuer, options));
  console.error(
    [
      '`npm start` takes it: curl -H "Authorization: Bearer $TOKEN" …; without a token it is open.',
      `To have it ask every caller, as on AWS: AUTH_ISSUER=${issuer.issuer} AUTH_AUDIENCE=${issuer.audience} AUTH_JWKS=${issuer.jwks} npm start`,
    ].join("\n"),
  );
  return 0;
});
