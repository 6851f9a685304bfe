/** Whose tokens a deployment believes, and what they must say; each key is a variable of the service. */
export type Identity = {
  /** The claim `iss`. */
  issuer: string;
  /** In `aud`. An issuer that puts none into access tokens has client ids instead. */
  audience?: string;
  /** Of `client_id` or `azp`: the apps whose tokens are taken. */
  clientIds?: readonly string[];
  /** Where the keys are published. */
  jwks: string;
  /** What the issuer's scopes are called here, as AUTH_SCOPES has it. */
  scopes?: string;
  /** Where a learner's id stands, if not in `sub`. */
  learnerClaim?: string;
  /** The cookie that has the token, where pages send none themselves. */
  cookie?: string;
};

/** The identity as the HTTP function's variables; what a stage does not say stays unset. */
export function identityVariables(identity: Identity): Record<string, string> {
  const { issuer, audience, clientIds, jwks, scopes, learnerClaim, cookie } = identity;
  const variables = {
    AUTH_ISSUER: issuer,
    AUTH_AUDIENCE: audience,
    AUTH_CLIENT_IDS: clientIds?.join(","),
    AUTH_JWKS: jwks,
    AUTH_SCOPES: scopes,
    AUTH_LEARNER_CLAIM: learnerClaim,
    AUTH_COOKIE: cookie,
  };
  return Object.fromEntries(
    Object.entries(variables).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
}
