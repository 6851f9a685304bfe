import type * as z from "zod";
import { answerOf } from "../../../src/api/answer-of.ts";
import type { Route } from "../../../src/api/route.ts";
import { ROUTES } from "../../../src/api/routes.ts";
import { Problem } from "../../../src/contract/index.ts";

export type Told = { method: string; path: string; status: number; contentType: string; body: unknown };

/** Holds an answer of the service to what the contract says of it. @throws Error that says what differs */
export function holdToContract({ method, path, status, contentType, body }: Told): void {
  if (body === undefined) return;
  const said = `${method} ${path} is answered ${status}`;
  if (status >= 400) {
    if (!contentType.startsWith("application/problem+json")) throw new Error(`${said} as ${contentType}`);
    hold(Problem, body, said);
    return;
  }
  const route = routeOf(method, path);
  if (route === undefined) throw new Error(`${said}, and no route says how`);
  if (!contentType.startsWith("application/json")) throw new Error(`${said} as ${contentType}`);
  hold(answerOf(route), body, said);
}

function hold(schema: z.ZodType, body: unknown, said: string): void {
  const result = schema.safeParse(body);
  if (result.success) return;
  const faults = result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new Error(`${said} otherwise than its contract says: ${faults.join("; ")}\n${JSON.stringify(body)}`);
}

/** The route that answers a request, as the router finds it: with or without a slash at the end. */
function routeOf(method: string, path: string): Route | undefined {
  const pathname = (path.split("?")[0] as string).replace(/(?<=.)\/$/, "");
  return ROUTES.find(
    (route) => route.method === method && new RegExp(`^${route.path.replace(/:\w+/g, "[^/]+")}$`).test(pathname),
  );
}
