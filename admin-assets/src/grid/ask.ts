// Questions in a dialog of the browser's own: it keeps the focus inside while it
// is open, Escape says no, and the focus goes back where it was.
import { HELP, MOVING } from "./keys.ts";
import { make } from "../make.ts";

interface Question {
  heading: string;
  body: Node[];
  /** What the button says that does it; none where there is nothing to do. */
  yes?: string;
  no: string;
}

/** Whether somebody said yes. */
export function ask({ heading, body, yes, no }: Question): Promise<boolean> {
  const title = make("h2", { id: "question-heading" }, heading);
  const cancel = make("button", { class: "button", value: "no" }, no);
  const buttons = make("div", { class: "actions" }, cancel);
  if (yes) buttons.prepend(make("button", { class: "button button-main", value: "yes" }, yes));
  const dialog = make("dialog", { class: "question", "aria-labelledby": "question-heading" });
  dialog.append(make("form", { method: "dialog" }, title, make("div", { class: "question-body" }, ...body), buttons));
  document.body.append(dialog);
  return new Promise((answer) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      answer(dialog.returnValue === "yes");
    });
    dialog.showModal();
    (buttons.firstElementChild as HTMLElement | null)?.focus({ preventScroll: true });
    dialog.scrollTop = 0;
  });
}

/** The grid's keys; those that move rows only where rows have an order of their own. */
export function showKeys(all: boolean): Promise<boolean> {
  const list = make("dl", { class: "keys" });
  for (const [keys, deed] of HELP) if (!all || deed !== MOVING) list.append(make("dt", {}, keys), make("dd", {}, deed));
  return ask({ heading: "Keys in the outputs table", body: [list], no: "Close" });
}

/** A list of titles, the rest counted. */
export function titles(all: readonly string[], most = 8): HTMLElement {
  const list = make("ul", {}, ...all.slice(0, most).map((title) => make("li", {}, title)));
  if (all.length > most) list.append(make("li", {}, `and ${all.length - most} more`));
  return list;
}
