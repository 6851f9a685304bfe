type Handlers = { leave(): void; hide(): void; show(): void; online(): void };

/** Hears of a page's coming and going, where there is a page. @returns a function that ends it */
export function hearPage({ leave, hide, show, online }: Handlers): () => void {
  if (typeof document === "undefined") return () => {};
  const controller = new AbortController();
  const { signal } = controller;
  addEventListener("pagehide", leave, { signal });
  addEventListener("pageshow", show, { signal });
  addEventListener("online", online, { signal });
  document.addEventListener(
    "visibilitychange",
    () => {
      if (document.visibilityState === "hidden") hide();
      else online();
    },
    { signal },
  );
  return () => controller.abort();
}
