// The editor's dialogs: modal, named by their heading, closed by Escape, and
// the focus goes back to the text. They stand outside of the form, so that
// nothing in them is sent with it.
import type { EditorView } from "prosemirror-view";
import { make } from "../make.ts";

export class Dialog {
  readonly element: HTMLDialogElement;
  readonly body = make("div", { class: "rich-dialog-body" });
  readonly foot = make("div", { class: "rich-dialog-foot" });
  #closed: () => void = () => {};

  constructor(title: string) {
    const id = `rich-${title.toLowerCase().replace(/\W+/g, "-")}`;
    const close = this.button("Close", () => this.close());
    this.element = make("dialog", { class: "rich-dialog", "aria-labelledby": id }, make("h2", { id }, title), this.body, this.foot);
    this.foot.append(close);
    this.element.addEventListener("close", () => {
      this.element.remove();
      this.#closed();
    });
    // A click beside it closes it too.
    this.element.addEventListener("pointerdown", (event) => {
      if (event.target !== this.element) return;
      const { left, right, top, bottom } = this.element.getBoundingClientRect();
      const beside = event.clientX < left || event.clientX > right || event.clientY < top || event.clientY > bottom;
      if (beside) this.close();
    });
  }

  button(name: string, deed: () => void, main = false): HTMLButtonElement {
    const button = make("button", { type: "button", class: main ? "button button-main" : "button" }, name);
    button.addEventListener("click", deed);
    return button;
  }

  open(closed: () => void): void {
    this.#closed = closed;
    document.body.append(this.element);
    this.element.showModal();
  }

  close(): void {
    this.element.close();
  }
}

/** Gives the text the focus, unless it has it: somebody may have moved the caret since. */
export function back(view: EditorView): void {
  if (!view.hasFocus()) view.focus();
}
