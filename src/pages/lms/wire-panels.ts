import { byId, h, refill } from "./dom.ts";
import { type Exchange, FAULTS, type Fault, wire } from "./wire.ts";

const SHOWN = 40;

/** The panel that disturbs the network, and shows that nothing is lost. */
export function showFaults(of: { pending(): number; flush(): void; otherTab(): void }): void {
  const waiting = h("p", { class: "soft" });
  const radios = Object.entries(FAULTS).map(([name, words]) =>
    h(
      "label",
      { class: "choice" },
      h("input", {
        type: "radio",
        name: "fault",
        value: name,
        checked: name === wire.fault,
        change() {
          wire.fault = name as Fault;
          if (name === "none") of.flush();
        },
      }),
      words,
    ),
  );
  addEventListener("faultover", () => {
    const [well] = byId("faults").querySelectorAll<HTMLInputElement>("input");
    if (well) well.checked = true;
  });
  byId("faults").replaceChildren(
    h("h2", { id: "faults-title" }, "Disturb it"),
    h("fieldset", {}, h("legend", {}, "Between this page and the service"), ...radios),
    h("div", { class: "row" }, h("button", { type: "button", click: of.otherTab }, "Learn in another tab")),
    waiting,
  );
  const tell = () => {
    const count = of.pending();
    const words =
      count === 0 ? "Nothing waits: all that you did is with the service." : `Kept here until sent: ${count}`;
    if (waiting.textContent !== words) waiting.textContent = words;
  };
  tell();
  setInterval(tell, 300);
}

/** The live list of requests and their answers, newest first. */
export function showLog(): void {
  const list = h("ol", { class: "log", tabindex: 0, "aria-label": "Requests, newest first" });
  byId("log").replaceChildren(h("h2", { id: "log-title" }, "Over the wire"), list);
  const items = new WeakMap<Exchange, HTMLElement>();
  wire.hear = (exchange) => {
    const item = items.get(exchange) ?? h("li");
    if (!items.has(exchange)) {
      items.set(exchange, item);
      list.prepend(item);
      while (list.children.length > SHOWN) list.lastElementChild?.remove();
    }
    refill(item, ...lineOf(exchange));
  };
}

function lineOf({ method, path, events, status, codes, milliseconds }: Exchange): (Node | string)[] {
  const isGood = typeof status === "number" && status < 400;
  const isUnderWay = status === "sent";
  return [
    h("b", { class: isGood || isUnderWay ? "good" : "bad" }, isUnderWay ? "…" : String(status)),
    ` ${method} ${path}`,
    ...(milliseconds === undefined ? [] : [` · ${milliseconds} ms`]),
    ...events.map((name) => h("div", { class: "soft" }, name)),
    ...codes.map((code) => h("div", { class: "bad" }, code)),
  ];
}
