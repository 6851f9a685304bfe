export { byId, h, moment, refill } from "../dom.ts";

type Name = "badge" | "course" | "missing" | "progress";

/** One of the client's elements, which shows an entity by itself. @param href where its entries lead, if they do */
export function waymark(name: Name, type: string, slug: string, href?: string): HTMLElement {
  const element = document.createElement(`waymark-${name}`);
  element.setAttribute(type, slug);
  if (href !== undefined) element.setAttribute("href", href);
  return element;
}
