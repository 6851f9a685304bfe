import { escaped } from "../../model/escaped.ts";
import type { Answer, Value } from "../sql/answer.ts";
import { type Drawing, SIZES, type Size } from "./drawing.ts";
import { type Figure, rowsOf, type Titles } from "./figure.ts";
import { STYLE } from "./style.ts";

/** So many rows of an answer stand in the page; the query under it gives all. */
const ROWS_SHOWN = 20;
const PLACES = 3;

export type Headline = { name: string; value: string };
export type Page = { title: string; subtitle: string; headlines: readonly Headline[]; sections: readonly string[] };

export const pageOf = ({ title, subtitle, headlines, sections }: Page): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>${escaped(title)}</h1>
<p class="quiet">${escaped(subtitle)}</p>
</header>
<main>
<dl>
${headlines.map(({ name, value }) => `<div><dt>${escaped(name)}</dt><dd>${escaped(value)}</dd></div>`).join("\n")}
</dl>
${sections.join("\n")}
</main>
</body>
</html>
`;

/** A question with its picture, its figures as a table, and the query that gave them. */
export function sectionOf(figure: Figure, answer: Answer, drawing: Drawing, titles: Titles): string {
  const { id, question, note, sql, draw, words } = figure;
  const rows = rowsOf(answer);
  const isEmpty = rows.length === 0 && words === undefined;
  const pictures = isEmpty || draw === undefined ? [] : drawn(rows);
  function drawn(shown: typeof rows): string[] {
    return (Object.keys(SIZES) as Size[]).map(
      (size) => `<div class="${size}">${draw?.(drawing, size, shown, titles) ?? ""}</div>`,
    );
  }
  const body = isEmpty
    ? '<p class="quiet">There is nothing to show yet.</p>'
    : [
        words ? `<p>${escaped(words(rows))}</p>` : "",
        pictures.length > 0
          ? `<figure aria-labelledby="${id}-title">${pictures.join("")}<figcaption>${escaped(note)}</figcaption></figure>`
          : `<p class="quiet">${escaped(note)}</p>`,
        `<details><summary>The figures as a table</summary>${tableOf(answer, question)}</details>`,
      ].join("\n");
  return `<section aria-labelledby="${id}-title">
<h2 id="${id}-title">${escaped(question)}</h2>
${body}
<details><summary>The query</summary><pre tabindex="0">${escaped(sql)}</pre></details>
</section>`;
}

function tableOf({ columns, rows, isNumber }: Answer, question: string): string {
  const cell = (tag: string, value: string, column: number, scope = "") =>
    `<${tag}${scope}${isNumber[column] ? ' class="n"' : ""}>${escaped(value)}</${tag}>`;
  const head = columns.map((name, column) => cell("th", name.replaceAll("_", " "), column, ' scope="col"')).join("");
  const body = rows
    .slice(0, ROWS_SHOWN)
    .map((row) => `<tr>${row.map((value, column) => cell("td", shown(value), column)).join("")}</tr>`)
    .join("\n");
  const more = rows.length > ROWS_SHOWN ? `<p class="quiet">… and ${rows.length - ROWS_SHOWN} rows more</p>` : "";
  return `<div class="scroll" tabindex="0" role="region" aria-label="Table: ${escaped(question)}"><table><thead><tr>${head}</tr></thead>\n<tbody>${body}</tbody></table></div>${more}`;
}

function shown(value: Value): string {
  if (value === null) return "";
  return typeof value === "number" && !Number.isInteger(value) ? String(Number(value.toFixed(PLACES))) : String(value);
}
