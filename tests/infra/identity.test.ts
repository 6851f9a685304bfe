import { describe, expect, it } from "vitest";
import { identityVariables } from "../../infra/identity.ts";
import { readEnvironment } from "../../src/process/environment.ts";

const issuer = "https://identity.example.com/";
const jwks = "https://identity.example.com/keys";

describe("a stage's identity", () => {
  it("is what the service reads from its variables", () => {
    const variables = identityVariables({
      issuer,
      jwks,
      clientIds: ["web", "app"],
      scopes: "waymark:read=res/read",
      learnerClaim: "username",
      cookie: "token",
    });
    expect(readEnvironment(variables).tokenIssuer).toMatchObject({
      issuer,
      jwks,
      clientIds: ["web", "app"],
      learnerClaim: "username",
      cookie: "token",
    });
  });

  it("sets no variable for what it does not say", () =>
    expect(identityVariables({ issuer, jwks, audience: "waymark" })).toEqual({
      AUTH_ISSUER: issuer,
      AUTH_JWKS: jwks,
      AUTH_AUDIENCE: "waymark",
    }));
});
