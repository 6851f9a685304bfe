import { afterEach, expect, it, vi } from "vitest";
import { startOrEnd } from "../../src/lambda/start-or-end.ts";
import { EnvironmentError } from "../../src/process/environment.ts";

afterEach(() => vi.restoreAllMocks());

const starting = (error: Error) =>
  startOrEnd(() => {
    throw error;
  });

it("Wrong settings end a function, and its log has them without a stack", () => {
  const exit = vi.spyOn(process, "exit").mockImplementation(() => undefined as never);
  const log = vi.spyOn(console, "error").mockImplementation(() => {});
  starting(new EnvironmentError(["STORE: set it", "AUTH_JWKS: set it"]));
  expect(exit.mock.calls).toEqual([[1]]);
  expect(log.mock.calls).toEqual([["STORE: set it\nAUTH_JWKS: set it"]]);
});

it("A fault of ours is thrown on, so that the log has its stack", () => {
  const exit = vi.spyOn(process, "exit").mockImplementation(() => undefined as never);
  expect(() => starting(new TypeError("x is not a function"))).toThrow(TypeError);
  expect(exit).not.toHaveBeenCalled();
});
