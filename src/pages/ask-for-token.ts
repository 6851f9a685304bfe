import { byId } from "./dom.ts";

/** Asks the person at the page for a token, in the page's own dialog. @returns it, once they have given one */
export function askForToken(): Promise<string> {
  const dialog = byId("token") as HTMLDialogElement;
  const field = dialog.querySelector("textarea") as HTMLTextAreaElement;
  if (!dialog.open) dialog.showModal();
  return new Promise((done) =>
    dialog.addEventListener(
      "close",
      () => {
        const token = field.value.trim();
        field.value = "";
        done(token === "" ? askForToken() : token);
      },
      { once: true },
    ),
  );
}
