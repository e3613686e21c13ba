// Keys that work on a whole page, and the list of all that work on this one.
import { itemForm } from "./form.ts";
import { ask } from "./grid/ask.ts";
import { HELP } from "./grid/keys.ts";
import { make } from "./make.ts";
import { openPalette } from "./palette.ts";

type Keys = readonly (readonly [keys: string, deed: string])[];

/** The keys that work where there is something that fits. */
const KEYS: readonly (readonly [heading: string, where: string, keys: Keys])[] = [
  ["Everywhere", "body", [
    ["Ctrl + K, /", "Search, go to another page, or do what this page offers"],
    ["?", "Show these keys"],
    ["Escape", "Close what is open"],
  ]],
  ["On this form", "#item-form button[name=do][value=save]", [
    ["Ctrl + S", "Save"],
    ["Enter in a title", "Save"],
  ]],
  ["Where something is looked for to be added", "[data-find]", [
    ["↓, Enter", "To what was found"],
    ["Enter on it", "Add it"],
    ["Escape", "Leave it"],
  ]],
  ["In a text", "[data-rich]", [
    ["Ctrl + K", "Link"],
    ["Alt + F10", "To the toolbar, whose last button shows all its keys"],
  ]],
  ["In the outputs table", "[data-live] [role=grid]", HELP],
];

export function watchShortcuts(): void {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const control = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    const key = event.key.toLowerCase();
    // A title is a line, whatever its control is: Enter does there what it does in other lines.
    const entered = event.key === "Enter" && event.target instanceof Element && event.target.matches("textarea.title-input");
    if ((control && key === "s") || entered) {
      const form = itemForm();
      const save = form?.querySelector<HTMLButtonElement>('button[name="do"][value="save"]');
      if (!form || !save) return;
      event.preventDefault();
      form.requestSubmit(save);
    } else if (control && key === "k") {
      // In a text it makes a link; elsewhere browsers search the web with it.
      if (event.target instanceof HTMLElement && event.target.isContentEditable) return;
      event.preventDefault();
      openPalette();
    } else if (!event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(document.activeElement)) {
      if (key === "/") {
        if (openPalette()) event.preventDefault();
      } else if (key === "?" && !document.querySelector("dialog[open]")) {
        event.preventDefault();
        showKeys();
      }
    }
  });
}

/** The keys of this page. */
function showKeys(): void {
  const here = KEYS.filter(([, where]) => document.querySelector(where));
  const body = here.flatMap(([heading, , keys]) => [
    make("h3", {}, heading),
    make("dl", { class: "keys" }, ...keys.flatMap(([key, deed]) => [make("dt", {}, key), make("dd", {}, deed)])),
  ]);
  void ask({ heading: "Keys on this page", body, no: "Close" });
}

/** Whether a letter is written where the focus is: into a field, or over a cell. */
function isTyping(target: Element | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.closest("input:not([type=checkbox], [type=radio], [type=file]), textarea, select, [role=grid]") !== null)
  );
}
