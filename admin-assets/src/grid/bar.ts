// The grid's buttons: one tab stop, arrows between them. It must not act; it
// tells which button was pressed.
import { icon, make } from "../make.ts";
import type { Verbs } from "./grid.ts";

export type Deed = "publish" | "publish-all" | "request" | "up" | "down" | "delete" | "undo" | "redo" | "by-year" | "keys";

const ICONS: Partial<Record<Deed, string>> = {
  up: "m6 14 6-6 6 6",
  down: "m6 10 6 6 6-6",
  undo: "M8 4.5 4 8.5l4 4M4 8.5h9.5a5 5 0 0 1 0 10H9",
  redo: "m16 4.5 4 4-4 4M20 8.5h-9.5a5 5 0 0 0 0 10H15",
};

const NAMES: Record<Deed, string> = {
  publish: "Publish…",
  "publish-all": "Publish all…",
  request: "On request",
  up: "Move up",
  down: "Move down",
  delete: "Delete",
  undo: "Undo",
  redo: "Do again",
  "by-year": "Order by year",
  keys: "Keys",
};

const KEYS: Partial<Record<Deed, string>> = {
  publish: "Control+Enter",
  request: "Alt+R",
  up: "Alt+ArrowUp",
  down: "Alt+ArrowDown",
  delete: "Control+Delete",
  undo: "Control+Z",
  redo: "Control+Y",
};

/** The buttons that somebody gets who may do this, in their order. */
export function deedsOf(may: Verbs, held: boolean, all: boolean): (Deed | "gap")[] {
  const deeds: (Deed | "gap")[] = [];
  if (may.publish && !held) deeds.push("publish", "publish-all", "gap");
  if (may.save) {
    deeds.push("request");
    if (!all) deeds.push("up", "down");
    if (may.trash) deeds.push("delete");
    deeds.push("gap", "undo", "redo");
    if (!all) deeds.push("gap", "by-year");
  }
  return [...deeds, "keys"];
}

export class Bar {
  readonly element = make("div", { role: "toolbar", "aria-label": "Outputs", class: "rows-bar" });
  readonly #buttons = new Map<Deed, HTMLButtonElement>();

  constructor(deeds: readonly (Deed | "gap")[], press: (deed: Deed) => void) {
    for (const deed of deeds) {
      if (deed === "gap") {
        this.element.append(make("span", { class: "gap" }));
        continue;
      }
      const button = make("button", { type: "button", class: "bar-button", tabindex: "-1" });
      const path = ICONS[deed];
      if (path) {
        button.setAttribute("aria-label", NAMES[deed]);
        button.append(icon(path));
      } else button.append(NAMES[deed]);
      const keys = KEYS[deed];
      if (keys) {
        button.setAttribute("aria-keyshortcuts", keys);
        button.title = `${NAMES[deed]} (${keys.replace("Control", "Ctrl").replace("Arrow", "").replaceAll("+", " + ")})`;
      }
      button.addEventListener("click", () => {
        if (button.getAttribute("aria-disabled") !== "true") press(deed);
      });
      this.#buttons.set(deed, button);
      this.element.append(button);
    }
    this.#all[0]?.setAttribute("tabindex", "0");
    this.element.addEventListener("keydown", (event) => this.#onKey(event));
    this.element.addEventListener("focusin", (event) => {
      for (const button of this.#all) button.tabIndex = button === event.target ? 0 : -1;
    });
  }

  /** What a button says and whether it can be pressed. It stays where the focus can reach it. */
  set(deed: Deed, usable: boolean, text?: string): void {
    const button = this.#buttons.get(deed);
    if (!button) return;
    const disabled = String(!usable);
    if (button.getAttribute("aria-disabled") !== disabled) button.setAttribute("aria-disabled", disabled);
    if (text !== undefined && button.textContent !== text) button.textContent = text;
  }

  get #all(): HTMLButtonElement[] {
    return [...this.#buttons.values()];
  }

  #onKey(event: KeyboardEvent): void {
    const all = this.#all;
    const at = all.indexOf(event.target as HTMLButtonElement);
    const to: Record<string, number> = {
      ArrowRight: (at + 1) % all.length,
      ArrowLeft: (at - 1 + all.length) % all.length,
      Home: 0,
      End: all.length - 1,
    };
    const next = to[event.key];
    if (at < 0 || next === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    all[next]?.focus();
  }
}
