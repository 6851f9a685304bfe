type Side = "top" | "right" | "bottom" | "left";
type Box = { row: number; column: number; kind: string; lines: string[] };
type End = { box: Box; side: Side; shift: number };
type Point = { x: number; y: number };
type Flow = { title: string; boxes: Map<string, Box>; arrows: [from: End, to: End][] };

const [WIDTH, HEIGHT, GAP_X, GAP_Y, MARGIN, HEAD] = [212, 78, 52, 34, 34, 50];
const LINE_HEIGHT = 20;

// An <img> cannot take its page's colours, so the picture asks for the reader's scheme itself.
const STYLE = `
    text { font: 14px ui-sans-serif, system-ui, sans-serif; fill: #24292f; text-anchor: middle; }
    .name { font-size: 17px; font-weight: 600; }
    rect { stroke-width: 1.5; }
    .outside { fill: #ffffff; stroke: #57606a; stroke-dasharray: 5 4; }
    .step { fill: #ddf4ff; stroke: #0969da; }
    .store { fill: #fff8c5; stroke: #9a6700; }
    path { fill: none; stroke: #57606a; stroke-width: 1.5; marker-end: url(#head); }
    marker path { fill: #57606a; stroke: none; marker-end: none; }
    .ground { fill: #ffffff; }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3; }
      .outside { fill: #0d1117; stroke: #8b949e; }
      .step { fill: #0c2d6b; stroke: #58a6ff; }
      .store { fill: #3b2f00; stroke: #d29922; }
      path { stroke: #8b949e; }
      marker path { fill: #8b949e; }
      .ground { fill: #0d1117; }
    }`;

/**
 * A picture of boxes and arrows as SVG, for light and dark backgrounds.
 * @param source lines of `title`, `box` and `arrow`, as docs/architecture.flow.txt explains them
 * @throws Error for a line that cannot be read
 */
export function flowPicture(source: string): string {
  const { title, boxes, arrows } = parseFlow(source);
  const far = (key: "row" | "column") => Math.max(...[...boxes.values()].map((box) => box[key]));
  const width = 2 * MARGIN + far("column") * (WIDTH + GAP_X) - GAP_X;
  const height = HEAD + far("row") * (HEIGHT + GAP_Y) - GAP_Y + MARGIN / 2;
  const told = [...boxes.values()].map(({ lines }) => lines.join(": ")).join("; ");
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">
  <title>${escaped(title)}</title>
  <desc>${escaped(told)}</desc>
  <style>${STYLE}
  </style>
  <marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z"/></marker>
  <rect class="ground" width="${width}" height="${height}"/>
  <text class="name" x="${width / 2}" y="30">${escaped(title)}</text>
${[...boxes.values()].map(boxPicture).join("\n")}
${arrows.map(([from, to]) => `  <path d="${route(from, to)}"/>`).join("\n")}
</svg>
`;
}

function parseFlow(source: string): Flow {
  const flow: Flow = { title: "", boxes: new Map(), arrows: [] };
  for (const line of source.split("\n").filter((text) => text.trim() !== "" && !text.startsWith("#"))) {
    const [head = "", ...lines] = line.split("|").map((part) => part.trim());
    const [word, ...rest] = head.split(/\s+/);
    const [id = "", row, column, kind = ""] = rest;
    if (word === "title") flow.title = rest.join(" ");
    else if (word === "box") flow.boxes.set(id, { row: Number(row), column: Number(column), kind, lines });
    else if (word === "arrow") flow.arrows.push([endOf(flow, id), endOf(flow, row ?? "")]);
    else throw new Error(`Neither title nor box nor arrow: ${line}`);
  }
  return flow;
}

function endOf({ boxes }: Flow, text: string): End {
  const [, id = "", side, shift = "0"] = /^(\w+)\.(top|right|bottom|left)([+-]\d+)?$/.exec(text) ?? [];
  const box = boxes.get(id);
  if (box === undefined) throw new Error(`Not the side of a box above it: ${text}`);
  return { box, side: side as Side, shift: Number(shift) };
}

const cornerOf = ({ row, column }: Box): Point => ({
  x: MARGIN + (column - 1) * (WIDTH + GAP_X),
  y: HEAD + (row - 1) * (HEIGHT + GAP_Y),
});

function pointOf({ box, side, shift }: End): Point {
  const { x, y } = cornerOf(box);
  if (side === "left" || side === "right") return { x: side === "left" ? x : x + WIDTH, y: y + HEIGHT / 2 + shift };
  return { x: x + WIDTH / 2 + shift, y: side === "top" ? y : y + HEIGHT };
}

/** A line with right angles: straight, with one corner, through the gap between two boxes, or around one side. */
function route(from: End, to: End): string {
  const [a, b] = [pointOf(from), pointOf(to)];
  const isLevel = ({ side }: End) => side === "left" || side === "right";
  const start = `M${a.x} ${a.y}`;
  if (!isLevel(from) && isLevel(to)) return `${start}V${b.y}H${b.x}`;
  if (isLevel(from) && !isLevel(to)) return `${start}H${b.x}V${b.y}`;
  if (!isLevel(from)) return `${start}V${(a.y + b.y) / 2}H${b.x}V${b.y}`;
  const outside = from.side === "left" ? Math.min(a.x, b.x) - MARGIN / 2 : Math.max(a.x, b.x) + MARGIN / 2;
  return `${start}H${from.side === to.side ? outside : (a.x + b.x) / 2}V${b.y}H${b.x}`;
}

function boxPicture(box: Box): string {
  const { x, y } = cornerOf(box);
  const first = y + HEIGHT / 2 - ((box.lines.length - 1) * LINE_HEIGHT) / 2 + 5;
  const texts = box.lines.map((line, index) => {
    const name = index === 0 ? ' class="name"' : "";
    return `  <text${name} x="${x + WIDTH / 2}" y="${first + index * LINE_HEIGHT}">${escaped(line)}</text>`;
  });
  return [`  <rect class="${box.kind}" x="${x}" y="${y}" width="${WIDTH}" height="${HEIGHT}" rx="8"/>`, ...texts].join(
    "\n",
  );
}

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
