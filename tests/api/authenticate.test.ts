import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type Authenticate, createAuthenticate } from "../../src/api/authenticate.ts";
import { createIssuer, type Issuer } from "../support/builders/tokens.ts";

// An issuer's address, as an identity provider serves it.
let server: Server;
let address: string;
let asked: number;
let answer: { status: number; body: string };
beforeEach(async () => {
  asked = 0;
  server = createServer((_, response) => {
    asked++;
    response.writeHead(answer.status, { "Content-Type": "application/json" }).end(answer.body);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  server.closeAllConnections();
  server.close();
});

const keysOf = (...issuers: Issuer[]) => ({
  status: 200,
  body: JSON.stringify({
    keys: issuers.flatMap(({ variables }) => JSON.parse(readFileSync(variables.AUTH_JWKS, "utf8")).keys),
  }),
});
const DOWN = { status: 500, body: "down" };

const believing = ({ variables }: Issuer): Authenticate =>
  createAuthenticate({ issuer: variables.AUTH_ISSUER, audience: variables.AUTH_AUDIENCE, jwks: address });

/** Time passes for whoever reads the clock; timers run as ever. */
const pass = (minutes: number) => {
  const [now, ticks] = [Date.now(), performance.now()];
  vi.useFakeTimers({ toFake: ["Date", "performance"], now: now + minutes * 60_000 });
  vi.spyOn(performance, "now").mockReturnValue(ticks + minutes * 60_000);
};

it("The issuer is asked once for its keys, however many tokens come", async () => {
  const issuer = await createIssuer();
  answer = keysOf(issuer);
  const authenticate = believing(issuer);
  for (const sub of ["a", "b", "c"])
    expect(await authenticate(await issuer.mint({ sub }))).toMatchObject({ learnerId: sub });
  expect(asked).toBe(1);
});

const nextWeek = () => Math.floor(Date.now() / 1_000) + 7 * 86_400;
const isTaken = (authenticate: Authenticate, token: string) =>
  authenticate(token).then(
    () => true,
    () => false,
  );

it("A new key is fetched when a token first names it, at once if nobody asked lately", async () => {
  const [old, renewed] = [await createIssuer("old"), await createIssuer("new")];
  answer = keysOf(old);
  const authenticate = believing(old);
  const token = await renewed.mint({ sub: "b", exp: nextWeek() });
  await authenticate(await old.mint({ sub: "a" }));
  answer = keysOf(old, renewed);
  // Not at every token with a strange key: that would let anyone have the issuer asked.
  expect(await isTaken(authenticate, token)).toBe(false);
  expect(asked).toBe(1);
  pass(1 / 60);
  expect(await authenticate(token)).toMatchObject({ learnerId: "b" });
  expect(asked).toBe(2);
});

/** By so much the clock moves on after each round of a flood. */
const ROUND_MS = 50;

it("Strangers' keys have the issuer asked once a second, and keep no new key out for longer", async () => {
  const [old, renewed, stranger] = [await createIssuer("old"), await createIssuer("new"), await createIssuer("x")];
  answer = keysOf(old);
  const authenticate = believing(old);
  const [own, genuine] = [await old.mint({ sub: "a" }), await renewed.mint({ sub: "b" })];
  const strange = await Promise.all(Array.from({ length: 20 }, (_, i) => stranger.mint({}, { kid: `k${i}` })));
  await authenticate(own);

  const began = performance.now();
  let [ms, rotated, taken] = [0, 0, Number.POSITIVE_INFINITY];
  vi.spyOn(performance, "now").mockImplementation(() => began + ms);
  for (; ms < 2_500 && taken === Number.POSITIVE_INFINITY; ms += ROUND_MS) {
    if (rotated === 0 && ms > 1_100) {
      answer = keysOf(old, renewed);
      rotated = ms;
    }
    const flood = await Promise.all(strange.map((token) => isTaken(authenticate, token)));
    expect(flood).not.toContain(true);
    expect(await isTaken(authenticate, own)).toBe(true);
    if (rotated > 0 && (await isTaken(authenticate, genuine))) taken = ms;
  }
  expect(taken - rotated).toBeLessThanOrEqual(1_000 + ROUND_MS);
  expect(asked).toBeLessThanOrEqual(2 + Math.floor(taken / 1_000));
});

it("Of many that name a new key at once, all are taken, and the issuer is asked once", async () => {
  const [old, renewed] = [await createIssuer("old"), await createIssuer("new")];
  answer = keysOf(old);
  const authenticate = believing(old);
  const tokens = await Promise.all(Array.from({ length: 30 }, () => renewed.mint({ sub: "b", exp: nextWeek() })));
  await authenticate(await old.mint({ sub: "a" }));
  answer = keysOf(old, renewed);
  pass(2);
  expect(await Promise.all(tokens.map((token) => isTaken(authenticate, token)))).not.toContain(false);
  expect(asked).toBe(2);
});

it("While keys were never fetched, the answer is to come again, not to go away", async () => {
  const issuer = await createIssuer();
  const authenticate = believing(issuer);
  answer = DOWN;
  await expect(authenticate(await issuer.mint({ sub: "a" }))).rejects.toMatchObject({
    code: "KEYS_UNAVAILABLE",
  });
  // The next one does not ask again at once: whoever has no good token could have the issuer asked at will.
  await expect(authenticate("a.b.c")).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  await expect(authenticate(await issuer.mint({ sub: "a" }))).rejects.toMatchObject({ code: "KEYS_UNAVAILABLE" });
  expect(asked).toBe(1);
  pass(1 / 60);
  answer = { status: 200, body: "<html>" };
  await expect(authenticate(await issuer.mint({ sub: "a" }))).rejects.toMatchObject({ code: "KEYS_UNAVAILABLE" });
  pass(2 / 60);
  answer = keysOf(issuer);
  expect(await authenticate(await issuer.mint({ sub: "a" }))).toMatchObject({ learnerId: "a" });
  expect(asked).toBe(3);
});

it("While keys cannot be fetched again, the last ones stay", async () => {
  const [issuer, stranger] = [await createIssuer(), await createIssuer("stranger")];
  answer = keysOf(issuer);
  const authenticate = believing(issuer);
  const token = (from: Issuer) => from.mint({ sub: "a", exp: Math.floor(Date.now() / 1_000) + 86_400 });
  const [own, strange] = [await token(issuer), await token(stranger)];
  await authenticate(own);
  answer = DOWN;
  pass(20);
  for (let time = 0; time < 3; time++) expect(await authenticate(own)).toMatchObject({ learnerId: "a" });
  expect(asked).toBe(2);
  // It may be signed by a key that is new.
  await expect(authenticate(strange)).rejects.toMatchObject({ code: "KEYS_UNAVAILABLE" });
  // As soon as the issuer answers again, a second is enough, whatever failed before.
  answer = keysOf(issuer, stranger);
  pass(20 + 2 / 60);
  expect(await authenticate(strange)).toMatchObject({ learnerId: "a" });
});

it("A token that names no key is tried with all that fit", async () => {
  const [first, second] = [await createIssuer("one"), await createIssuer("two")];
  answer = keysOf(first, second);
  const authenticate = believing(first);
  for (const issuer of [first, second]) {
    const token = await issuer.mint({ sub: "a" }, { kid: undefined as unknown as string });
    expect(await authenticate(token)).toMatchObject({ learnerId: "a" });
  }
  const stranger = await (await createIssuer()).mint({ sub: "a" }, { kid: undefined as unknown as string });
  await expect(authenticate(stranger)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
});

it("Nothing of a token is told back", async () => {
  const issuer = await createIssuer();
  answer = keysOf(issuer);
  const authenticate = believing(issuer);
  const expired = await issuer.mint({ sub: "someone@example.com", exp: 1 });
  const failure: Error = await authenticate(expired).then(
    () => Promise.reject(),
    (error) => error,
  );
  expect(`${failure.message} ${JSON.stringify(failure)}`).not.toMatch(/someone|example\.com|eyJ/);
});
