import { describe, expect, it } from "vitest";
import { readClaims } from "../../src/api/claims.ts";
import { readEnvironment } from "../../src/process/environment.ts";
import { PROVIDERS } from "../support/fakes/providers.ts";

const settings = (variables: Record<string, string>) => {
  const { tokenIssuer } = readEnvironment({ AUTH_ISSUER: "https://x/", AUTH_JWKS: "keys.json", ...variables });
  if (tokenIssuer === undefined) throw new Error("No issuer");
  return tokenIssuer;
};
const ANY = { AUTH_AUDIENCE: "waymark" };
const read = (claims: Record<string, unknown>, variables: Record<string, string> = ANY) => {
  const result = readClaims(claims, settings(variables));
  return result.ok ? { learner: result.caller.learnerId, scopes: [...result.caller.scopes].sort() } : result.reason;
};

describe.each(Object.entries(PROVIDERS))("%s", (_, { variables, learner, server }) => {
  it("names a learner, who has no rights beside", () =>
    expect(read(learner.claims, variables)).toEqual({ learner: learner.id, scopes: [] }));
  it("lets a server read and write", () =>
    expect(read(server, variables)).toMatchObject({ scopes: ["waymark:read", "waymark:write"] }));
});

describe("Scopes", () => {
  it.each([
    ["waymark:write", ["waymark:write"]],
    ["openid waymark:read  email waymark:admin", ["waymark:admin", "waymark:read"]],
    ["waymark/write", ["waymark:write"]],
    ["waymark.read", ["waymark:read"]],
    ["res/waymark.write", ["waymark:write"]],
    ["https://waymark.example.com/waymark.write", ["waymark:write"]],
    ["api://0a1b/waymark.admin", ["waymark:admin"]],
    ["waymark:write waymark/write", ["waymark:write"]],
    ["waymark:everything", []],
    ["waymark:Write", []],
    ["notwaymark.write", []],
    ["res/notwaymark.write", []],
    ["waymark.write.not", []],
    ["waymark/writer", []],
    ["res/waymark/write", []],
    ["other/write", []],
    ["", []],
  ])("in scope %j are %j", (scope, scopes) => expect(read({ scope })).toEqual({ learner: undefined, scopes }));

  it.each([
    [{ scp: "waymark.read email" }, ["waymark:read"]],
    [{ scp: ["waymark.read", "waymark.write"] }, ["waymark:read", "waymark:write"]],
    [{ roles: ["waymark.admin"] }, ["waymark:admin"]],
    [
      { scope: "waymark:read", scp: "waymark.write", roles: ["waymark:admin"] },
      ["waymark:admin", "waymark:read", "waymark:write"],
    ],
    // Somebody's own claims of these names say nothing to us.
    [{ scp: 7, roles: { admin: true } }, []],
    [{ roles: ["waymark.admin", 7] }, []],
  ])("of %j are %j", (claims, scopes) => expect(read(claims)).toEqual({ learner: undefined, scopes }));

  it("that are a list in `scope` are refused", () => expect(read({ scope: ["waymark:read"] })).toMatch(/scope/));

  it("may have names of the identity provider's own, several for one", () => {
    const variables = { ...ANY, AUTH_SCOPES: "waymark:read=res/read, waymark:write=res/write,waymark:read=lms.view" };
    expect(read({ scope: "res/read" }, variables)).toMatchObject({ scopes: ["waymark:read"] });
    expect(read({ roles: ["lms.view", "res/write"] }, variables)).toMatchObject({
      scopes: ["waymark:read", "waymark:write"],
    });
    expect(read({ scope: "res/READ" }, variables)).toMatchObject({ scopes: [] });
    expect(read({ scope: "waymark:admin" }, variables)).toMatchObject({ scopes: ["waymark:admin"] });
  });
});

describe("The client", () => {
  const variables = { AUTH_CLIENT_IDS: "page, server" };
  it.each([
    ["client_id", { client_id: "server" }, true],
    ["azp", { azp: "page" }, true],
    ["neither", {}, false],
    ["another", { client_id: "other" }, false],
    ["another beside an azp of ours", { client_id: "other", azp: "page" }, false],
    ["a list", { client_id: ["page"] }, false],
    ["an empty one", { client_id: "" }, false],
    ["all of ours in one", { client_id: "page, server" }, false],
  ])("by %s: %o is taken: %s", (_, claims, isTaken) =>
    expect(typeof read({ sub: "a", ...claims }, variables)).toBe(isTaken ? "object" : "string"),
  );

  it("is not asked for without the setting", () => expect(read({ sub: "a" })).toMatchObject({ learner: "a" }));
});

describe("The learner", () => {
  const variables = { ...ANY, AUTH_LEARNER_CLAIM: "custom:contact_id" };
  it.each([
    ["is the claim that is set, not sub", { sub: "s", "custom:contact_id": "7" }, "7"],
    ["may be a whole number", { sub: "s", "custom:contact_id": 7 }, "7"],
    ["is nobody without the claim, whatever sub says", { sub: "s" }, undefined],
    ["is nobody where it is null", { sub: "s", "custom:contact_id": null }, undefined],
    ["is one in both Unicode forms", { "custom:contact_id": "Zoe\u0308" }, "Zo\u00eb"],
    ["is one email in any case", { "custom:contact_id": "Ada@Example.com" }, "ada@example.com"],
  ])("%s", (_, claims, learner) => expect(read(claims, variables)).toMatchObject({ learner }));

  it.each([
    ["a list", ["7"]],
    ["a fraction", 1.5],
    ["true", true],
    ["empty", ""],
    ["a dot", "."],
    ["two dots", ".."],
  ])("that is %s is refused", (_, id) =>
    expect(read({ "custom:contact_id": id }, variables)).toBe("The token's claim custom:contact_id cannot be used."),
  );
});
