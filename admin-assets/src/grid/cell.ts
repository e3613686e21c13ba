// The editor of one cell: a line, a choice, a name. It must not save; whoever
// opened it asks for its value.
import { Names, type Suggest } from "./names.ts";
import type { Column } from "./table.ts";
import { make } from "../make.ts";

export type Start =
  /** With the text that stands there. */
  | { kind: "text" }
  /** Empty: the key that was pressed writes the first letter. */
  | { kind: "over" }
  /** In a choice: the first that begins so. */
  | { kind: "letter"; letter: string };

export interface Setting {
  column: Column;
  /** What the control is called. */
  label: string;
  /** What stands in the cell. */
  text: string;
  options: [string, string][] | undefined;
  suggest: Suggest;
}

/** How long letters count as one word, in milliseconds. */
const PAUSE = 900;

export class CellEditor {
  readonly control: HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;
  /** Whether arrows move within the text rather than to the next cell. */
  stays: boolean;
  readonly cell: HTMLElement;
  readonly #names: Names | undefined;
  #sought = "";
  #soughtAt = 0;

  constructor(cell: HTMLElement, setting: Setting, start: Start) {
    const { column, label, text, options, suggest } = setting;
    this.cell = cell;
    this.stays = start.kind === "text";
    const attributes = { "aria-label": label, class: "cell-editor", autocomplete: "off" };
    if (options) {
      const select = make("select", attributes);
      for (const [value, name] of options) select.add(new Option(name, value));
      if (![...select.options].some((option) => option.value === text)) select.add(new Option(text, text));
      this.control = select;
      this.stays = true;
    } else if (column === "title") {
      this.control = make("textarea", { ...attributes, rows: "1" });
    } else {
      const numeric: Record<string, string> = column === "year" ? { inputmode: "numeric", maxlength: "4" } : {};
      this.control = make("input", { ...attributes, type: "text", ...numeric });
    }
    this.control.value = start.kind === "over" ? "" : text;
    const box = make("div", { class: "cell-box" }, this.control);
    cell.classList.add("editing");
    // Its editor is the stop now.
    cell.tabIndex = -1;
    cell.append(box);
    this.#names = column === "lead" ? new Names(this.control as HTMLInputElement, box, suggest) : undefined;
    this.control.focus({ preventScroll: true });
    if (!(this.control instanceof HTMLSelectElement)) {
      const end = this.control.value.length;
      this.control.setSelectionRange(end, end);
    } else if (start.kind === "letter") this.seek(start.letter);
    else open(this.control);
  }

  get value(): string {
    return this.control.value.replace(/\s*\n\s*/g, " ").trim();
  }

  /** Whether the editor needs this key for itself. */
  key(event: KeyboardEvent): boolean {
    if (this.#names?.key(event)) return true;
    if (!(this.control instanceof HTMLSelectElement)) return false;
    if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      this.seek(event.key);
      return true;
    }
    return false;
  }

  /** Chooses by the first letters, as lists do. */
  seek(letter: string): void {
    const select = this.control;
    if (!(select instanceof HTMLSelectElement)) return;
    const now = performance.now();
    this.#sought = now - this.#soughtAt < PAUSE ? this.#sought + letter : letter;
    this.#soughtAt = now;
    const sought = this.#sought.toLowerCase();
    // The same letter again goes to the next that begins so.
    const again = [...sought].every((one) => one === sought[0]);
    const from = again ? select.selectedIndex + 1 : select.selectedIndex;
    const count = select.options.length;
    for (let step = 0; step < count; step += 1) {
      const at = (Math.max(0, from) + step) % count;
      const label = select.options[at]?.text.toLowerCase() ?? "";
      if (label !== "" && label.startsWith(again ? (sought[0] ?? "") : sought)) {
        select.selectedIndex = at;
        return;
      }
    }
  }

  close(): void {
    this.#names?.close();
    this.cell.classList.remove("editing");
    this.cell.tabIndex = 0;
    this.cell.querySelector(":scope > .cell-box")?.remove();
  }
}

/** Shows the choices at once, where the browser lets a script do that. */
function open(select: HTMLSelectElement): void {
  try {
    select.showPicker?.();
  } catch {
    // Without it, Space or Alt with an arrow opens them.
  }
}
