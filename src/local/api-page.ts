import { escaped } from "../model/escaped.ts";
import { prose, type Schema, schemaHtml, table, typeHtml } from "./api-schemas.ts";
import type { Exchange } from "./paper-exchanges.ts";

type Parameter = { name: string; in: string; required?: boolean; description?: string; schema: Schema };
type Answer = { $ref?: string; description?: string; content?: Record<string, { schema: Schema }> };
type Operation = {
  operationId: string;
  summary: string;
  description: string;
  tags: string[];
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, Answer>;
};
export type OpenApi = {
  info: { title: string; description: string; version: string };
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema>; responses: Record<string, Answer> };
};
type Route = Operation & { method: string; path: string };

/**
 * The page at `/api`: every route and every schema of an OpenAPI document, as HTML without any script.
 * @param exchanges requests with their answers, which a test sends to a running service
 */
export function apiPage({ info, tags, paths, components }: OpenApi, exchanges: readonly Exchange[]): string {
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Route => ({ ...operation, method: method.toUpperCase(), path })),
  );
  const groups = tags.map((tag) => ({ ...tag, routes: routes.filter((route) => route.tags.includes(tag.name)) }));
  const schemas = Object.entries(components.schemas).sort(([a], [b]) => (a < b ? -1 : 1));
  const links = [
    ...groups.map((group) => linkList(group.name, group.routes.map(routeLink))),
    linkList(
      "schemas",
      schemas.map(([name]) => [name, name]),
    ),
  ];
  const bodies = groups.map(
    ({ name, description, routes: of }) =>
      `<h2>${escaped(name)}</h2><p>${prose(description)}</p>${of.map((route) => routeHtml(route, exchanges)).join("")}`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(info.title)} API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/api.css">
</head>
<body>
<a class="skip" href="#main">To the content</a>
<header class="top"><a class="brand" href="/api"><span aria-hidden="true">◆</span> ${escaped(info.title)} API ${escaped(info.version)}</a><nav aria-label="Pages"><a href="/openapi.json">openapi.json</a></nav></header>
<div class="reference">
<nav class="contents" aria-label="Contents" tabindex="0">${links.join("")}</nav>
<main id="main" tabindex="-1">
<h1>${escaped(info.title)} API</h1>
<p>${prose(info.description)} The examples are one session, from an empty store and the sample content.</p>
${bodies.join("\n")}
<h2>schemas</h2>
${schemas.map(([name, schema]) => schemaHtml(name, schema)).join("\n")}
</main>
</div>
</body>
</html>
`;
}

const routeLink = ({ operationId, method, path }: Route): [string, string] => [operationId, `${method} ${path}`];

const linkList = (title: string, links: readonly (readonly [id: string, text: string])[]): string =>
  `<h2>${escaped(title)}</h2><ul>${links.map(([id, text]) => `<li><a href="#${id}">${escaped(text)}</a></li>`).join("")}</ul>`;

function routeHtml(route: Route, exchanges: readonly Exchange[]): string {
  const { operationId, method, path, summary, description, parameters = [], requestBody, responses } = route;
  const body = Object.values(requestBody?.content ?? {})[0]?.schema;
  const answer = Object.values(responses["200"]?.content ?? {})[0]?.schema;
  const shown = examplesOf(route, exchanges);
  return [
    `<section id="${operationId}" class="card"><h3><code><span class="method">${method}</span> ${escaped(path)}</code></h3>`,
    `<p>${prose(summary)}. ${prose(description)}</p>`,
    parameters.length > 0 ? parametersHtml(operationId, parameters) : "",
    body ? `<p>Takes ${typeHtml(body)}.</p>` : "",
    answer ? `<p>Answers ${typeHtml(answer)}. Else ${refusals(responses)}.</p>` : "",
    ...shown.map(exampleHtml),
    "</section>",
  ].join("");
}

const parametersHtml = (operationId: string, parameters: readonly Parameter[]): string =>
  table(
    `Parameters of ${operationId}`,
    ["Parameter", "In", "Type", "Meaning"],
    parameters.map(({ name, in: place, required, schema, description }) => [
      `<code>${escaped(name)}</code>${required ? "" : " (optional)"}`,
      place,
      typeHtml(schema),
      prose(description),
    ]),
  );

const refusals = (responses: Route["responses"]): string =>
  Object.keys(responses)
    .filter((status) => status !== "200")
    .join(", ");

/** Those of a route: of events one for each name, of others the first. */
function examplesOf({ method, path }: Route, exchanges: readonly Exchange[]): Exchange[] {
  const pattern = new RegExp(`^${path.replace(/\{\w+\}/g, "[^/?]+")}(?:\\?|$)`);
  const found = exchanges.filter((exchange) => exchange.method === method && pattern.test(exchange.path));
  const kindOf = ({ body }: Exchange) => /"eventName": ?"(\w+)"/.exec(body ?? "")?.[1];
  return found.filter((one, index) => found.findIndex((other) => kindOf(other) === kindOf(one)) === index);
}

function exampleHtml({ method, path, body, shown }: Exchange): string {
  const name = /"eventName": ?"(\w+)"/.exec(body ?? "")?.[1];
  const title = `Example${name === undefined ? "" : `: ${name}`}`;
  const quoted = /[?&]/.test(path) ? `'localhost:8787${path}'` : `localhost:8787${path}`;
  const command = `$ curl ${method === "DELETE" ? "-X DELETE " : ""}${quoted}${body === undefined ? "" : ` --json '${body}'`}`;
  return `<details><summary>${escaped(title)}</summary><pre tabindex="0">${escaped(`${command}\n${shown}`)}</pre></details>`;
}
