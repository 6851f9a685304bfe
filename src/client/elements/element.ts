import { TYPES, type Value, type Watch } from "./reads.ts";
import { STYLE } from "./style.ts";
import { fill, type Texts, type Values } from "./texts.ts";

/** What all elements of the page share, once `use` has been called. */
export type Connection = { watch: Watch; texts: Texts };
let connection: Connection | undefined;
const waiting = new Set<WaymarkElement>();

/** Gives all elements their service, those to come included. */
export function connect(given: Connection): void {
  connection = given;
  for (const element of waiting) element.watch();
}

// A sheet that is made by script is no inline style, which a strict Content-Security-Policy refuses.
const sheet = new CSSStyleSheet();
sheet.replaceSync(STYLE);

type Child = Node | string | undefined;

/** An HTML element. Whatever somebody wrote goes in as text. */
export function html(tag: string, attributes: Values, ...children: Child[]): HTMLElement {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children.filter((child) => child != null));
  return element;
}

/** What shows a course, pathway or module that an attribute names. */
export abstract class WaymarkElement extends HTMLElement {
  static observedAttributes = [...TYPES, "href"];
  #stop: (() => void) | undefined;

  connectedCallback(): void {
    if (!this.shadowRoot) this.attachShadow({ mode: "open" }).adoptedStyleSheets = [sheet];
    waiting.add(this);
    this.watch();
  }
  disconnectedCallback(): void {
    waiting.delete(this);
    this.#stop?.();
  }
  attributeChangedCallback(): void {
    if (this.isConnected && this.shadowRoot) this.watch();
  }

  /** Begins to show what the attributes name now. */
  watch(): void {
    const type = TYPES.find((each) => this.hasAttribute(each));
    this.#stop?.();
    this.#stop =
      type &&
      connection?.watch(type, this.getAttribute(type) as string, (value) =>
        this.shadowRoot?.replaceChildren(...(value ? this.render(value) : [this.text("unavailable")])),
      );
  }

  /** What to show of an entity. */
  abstract render(value: NonNullable<Value>): (Node | string)[];

  text(name: keyof Texts, values: Values = {}): string {
    return fill((connection as Connection).texts[name], values);
  }
  /** A text with a date in the page's language; undefined without one. */
  dated(name: keyof Texts, time: string | null | undefined): HTMLElement | undefined {
    if (!time) return undefined;
    const language = this.closest<HTMLElement>("[lang]")?.lang || undefined;
    const date = new Date(time).toLocaleDateString(language, { dateStyle: "medium" });
    return html("time", { part: "date", datetime: time }, this.text(name, { date }));
  }
  titleOf({ title, slug }: { title?: string | null | undefined; slug: string }): HTMLElement {
    return html("bdi", { part: "title" }, title ?? slug);
  }
}
