type Child = Node | string | false | null | undefined;
type Attributes = Record<string, string | number | true | false | undefined | ((event: Event) => void)>;

/** An HTML element; a function among the attributes hears the event of that name. Whatever somebody wrote goes in as text. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value !== false && value !== undefined) element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter((child): child is Node | string => child instanceof Node || !!child));
  return element;
}

/** Fills a place anew, and leaves the keyboard's focus where it was, and open what somebody has opened. */
export function refill(place: Element, ...nodes: Child[]): void {
  const key = (document.activeElement as HTMLElement | null)?.dataset.key;
  const wasInside = place.contains(document.activeElement);
  const opened = new Set([...place.querySelectorAll<HTMLElement>("details[open]")].map(({ dataset }) => dataset.key));
  place.replaceChildren(...nodes.filter((node): node is Node | string => node instanceof Node || !!node));
  for (const each of place.querySelectorAll<HTMLDetailsElement>("details[data-key]"))
    each.open ||= opened.has(each.dataset.key);
  if (wasInside && key !== undefined)
    [...place.querySelectorAll<HTMLElement>("[data-key]")].find((each) => each.dataset.key === key)?.focus();
}

export const byId = (id: string): HTMLElement => document.getElementById(id) as HTMLElement;

/** A moment in the reader's own way of writing. */
export const moment = (time: string | null | undefined): HTMLElement =>
  time
    ? h("time", { datetime: time }, new Date(time).toLocaleString([], { dateStyle: "medium", timeStyle: "short" }))
    : h("span", {}, "—");
