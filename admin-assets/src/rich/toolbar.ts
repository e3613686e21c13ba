// The editor's toolbar (WAI-ARIA Authoring Practices, 'Toolbar'): one tab
// stop, arrows between the buttons, Escape back to the text.
import { closeHistory, redo, redoDepth, undo, undoDepth } from "prosemirror-history";
import type { Command, EditorState } from "prosemirror-state";
import { addColumnAfter, addRowAfter, deleteColumn, deleteRow, deleteTable, mergeCells, splitCell, toggleHeader } from "prosemirror-tables";
import type { EditorView } from "prosemirror-view";
import { announce } from "../announce.ts";
import { icon, make } from "../make.ts";
import { around, deeper, hasMark, inTable, insertTable, level, listed, mergeOrSplit, placeName, shallower } from "./commands.ts";
import { back } from "./dialog.ts";
import { showHelp } from "./help.ts";
import { editImage } from "./image.ts";
import { DEEDS, printed, spelled } from "./keys.ts";
import { described, editLink, linkAt, mayLink } from "./link.ts";
import { marks, nodes } from "./schema.ts";

interface Tool {
  name: string;
  icon: string;
  /** Where it is not the deed of that name. */
  run?: Command;
  /** What opens a dialog, and its key. */
  opens?: (view: EditorView) => void;
  key?: string;
  pressed?: (state: EditorState) => boolean;
  enabled?: (state: EditorState) => boolean;
  /** Shown only where this holds. */
  where?: (state: EditorState) => boolean;
}

const innermost = (type: (typeof nodes)["bullet_list"]) => (state: EditorState): boolean => listed(state)?.type === type;
const header = (type: "row" | "column"): Command => toggleHeader(type);

const TOOLS: (Tool | "gap")[] = [
  { name: "Bold", icon: "M7 5h6a3.5 3.5 0 0 1 0 7H7zM7 12h7a3.5 3.5 0 0 1 0 7H7z", pressed: (s) => hasMark(s, marks.strong) },
  { name: "Italic", icon: "M10 5h7M7 19h7M14 5l-4 14", pressed: (s) => hasMark(s, marks.em) },
  { name: "Subscript", icon: "M4 6l8 10M12 6 4 16M16 16.5c0-2 4-2 4 .2 0 1.3-4 2.3-4 4.3h4", pressed: (s) => hasMark(s, marks.sub) },
  { name: "Superscript", icon: "M4 8l8 10M12 8 4 18M16 4.5c0-2 4-2 4 .2 0 1.3-4 2.3-4 4.3h4", pressed: (s) => hasMark(s, marks.sup) },
  "gap",
  { name: "Bulleted list", icon: "M10 6h10M10 12h10M10 18h10M4.5 6h.01M4.5 12h.01M4.5 18h.01", pressed: innermost(nodes.bullet_list) },
  { name: "Numbered list", icon: "M11 6h9M11 12h9M11 18h9M4 4.5 5.5 4v4M4 14.5c0-1.5 2.5-1.5 2.5 0 0 1-2.5 2-2.5 3.5h2.5", pressed: innermost(nodes.ordered_list) },
  { name: "Deeper", icon: "M10 6h10M12 12h8M10 18h10M4 9l3 3-3 3", run: deeper, enabled: (s) => deeper(s), where: (s) => listed(s) !== undefined },
  { name: "Higher", icon: "M10 6h10M12 12h8M10 18h10M7 9l-3 3 3 3", run: shallower, enabled: (s) => shallower(s), where: (s) => listed(s) !== undefined },
  { name: "Quotation", icon: "M5 6v12M10 8h9M10 12h9M10 16h6", pressed: (s) => around(s, nodes.quote) !== undefined },
  "gap",
  { name: "Link", icon: "M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1.2 1.2M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l1.2-1.2", key: "Mod-k", opens: editLink, pressed: (s) => linkAt(s) !== undefined, enabled: mayLink },
  { name: "Insert image", icon: "M4 5h16v14H4zM4 16l4.5-4.5 3.5 3.5 3-3 5 5M15 9h.01", opens: (view) => editImage(view) },
  { name: "Insert table", icon: "M4 5h16v14H4zM4 10h16M4 14.5h16M10 5v14", run: insertTable, enabled: (s) => insertTable(s) },
  { name: "Add row", icon: "M4 5h16v6H4zM12 15v6M9 18h6", run: addRowAfter, where: inTable },
  { name: "Add column", icon: "M5 4v16h6V4zM15 12h6M18 9v6", run: addColumnAfter, where: inTable },
  { name: "Remove row", icon: "M4 5h16v6H4zM9 18h6", run: deleteRow, where: inTable },
  { name: "Remove column", icon: "M5 4v16h6V4zM15 12h6", run: deleteColumn, where: inTable },
  { name: "Header row", icon: "M4 5h16v14H4zM4 10h16M5 7.5h14", run: header("row"), where: inTable },
  { name: "Header column", icon: "M4 5h16v14H4zM9.5 5v14M6.7 6v12", run: header("column"), where: inTable },
  { name: "Merge or split cells", icon: "M4 5h16v14H4zM12 5v4M12 15v4M8 12h8M10 10l-2 2 2 2M14 10l2 2-2 2", run: mergeOrSplit, enabled: (s) => mergeCells(s) || splitCell(s), where: inTable },
  { name: "Remove table", icon: "M4 5h16v14H4zM9 9l6 6M15 9l-6 6", run: deleteTable, where: inTable },
  "gap",
  { name: "Undo", icon: "M8 4.5 4 8.5l4 4M4 8.5h9.5a5 5 0 0 1 0 10H9", run: undo, enabled: (s) => undoDepth(s) > 0 },
  { name: "Redo", icon: "m16 4.5 4 4-4 4M20 8.5h-9.5a5 5 0 0 0 0 10H15", run: redo, enabled: (s) => redoDepth(s) > 0 },
  { name: "Keys", icon: "M12 17h.01M9.2 9.2a2.8 2.8 0 1 1 4.3 2.4c-.9.6-1.5 1.1-1.5 2.2M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z", opens: (view) => showHelp(() => back(view)) },
];

const STYLES = [
  ["0", "Paragraph"],
  ["2", "Heading 2"],
  ["3", "Heading 3"],
  ["4", "Heading 4"],
] as const;

/** Does something and tells screen readers what came of it: they say nothing of what happens to words by themselves. */
export function tell(view: EditorView, name: string, command: Command): boolean {
  const before = placeName(view.state);
  // A step of its own, that one undo takes back.
  if (command !== undo && command !== redo) view.dispatch(closeHistory(view.state.tr));
  if (!command(view.state, view.dispatch, view)) return false;
  const pressed = TOOLS.find((tool): tool is Tool => tool !== "gap" && tool.name === name)?.pressed;
  const after = placeName(view.state);
  if (after !== before) announce(after);
  else if (pressed) announce(`${name} ${pressed(view.state) ? "on" : "off"}`);
  else announce(name);
  return true;
}

export class Toolbar {
  readonly element: HTMLElement;
  /** Where the link at the caret leads. */
  readonly status = make("p", { class: "rich-status" });
  readonly #view: EditorView;
  readonly #style = make("select", { "aria-label": "Paragraph style" });
  readonly #tools: { tool: Tool; button: HTMLButtonElement }[] = [];

  constructor(view: EditorView, label: string) {
    this.#view = view;
    this.element = make("div", { class: "rich-tools", role: "toolbar", "aria-label": label ? `Formatting: ${label}` : "Formatting" });
    for (const [value, name] of STYLES) this.#style.add(new Option(name, value));
    this.#style.addEventListener("change", () => {
      const name = this.#style.selectedOptions[0]?.text ?? "";
      const deed = DEEDS[name];
      if (deed && !tell(view, name, deed[1]) && placeName(view.state) !== name) announce(`${name} has no place here`);
      this.refresh();
      view.focus();
    });
    this.element.append(this.#style);
    for (const tool of TOOLS) {
      if (tool === "gap") {
        this.element.append(make("span", { class: "gap" }));
        continue;
      }
      const button = this.#button(tool);
      this.element.append(button);
      this.#tools.push({ tool, button });
    }
    this.element.addEventListener("keydown", (event) => this.#onKey(event));
    this.element.addEventListener("focusin", (event) => this.#rove(event.target as HTMLElement));
    // A press must not take the focus and the selection from the text.
    this.element.addEventListener("pointerdown", (event) => {
      if (event.target !== this.#style) event.preventDefault();
    });
    // The toolbar's own select is no field of the form.
    for (const type of ["input", "change"]) this.element.addEventListener(type, (event) => event.stopPropagation());
    this.refresh();
    this.#rove(this.#style);
  }

  focus(): void {
    (this.#stops().find((stop) => stop.tabIndex === 0) ?? this.#style).focus();
  }

  refresh(): void {
    const { state } = this.#view;
    for (const { tool, button } of this.#tools) {
      if (tool.where) button.hidden = !tool.where(state);
      if (tool.pressed) button.setAttribute("aria-pressed", String(tool.pressed(state)));
      if (tool.enabled) button.setAttribute("aria-disabled", String(!tool.enabled(state)));
    }
    this.#style.value = String(level(state));
    const link = linkAt(state);
    this.status.textContent = link ? `Link to ${described(link.href)}` : "";
    this.status.hidden = link === undefined;
    // A button that went away must not take the tab stop with it.
    if (!this.#stops().some((stop) => stop.tabIndex === 0)) this.#rove(this.#style);
  }

  #button(tool: Tool): HTMLButtonElement {
    const key = tool.key ?? DEEDS[tool.name]?.[0];
    const button = make("button", { type: "button", "aria-label": tool.name, title: key ? `${tool.name} (${printed(key)})` : tool.name });
    if (key) button.setAttribute("aria-keyshortcuts", spelled(key));
    if (tool.opens) button.setAttribute("aria-haspopup", "dialog");
    button.append(icon(tool.icon));
    button.addEventListener("click", () => {
      if (button.getAttribute("aria-disabled") === "true") return;
      const command = tool.run ?? DEEDS[tool.name]?.[1];
      if (tool.opens) tool.opens(this.#view);
      else if (command) {
        tell(this.#view, tool.name, command);
        this.#view.focus();
      }
    });
    return button;
  }

  #stops(): HTMLElement[] {
    return [...this.element.querySelectorAll<HTMLElement>("select, button")].filter((stop) => !stop.hidden);
  }

  #rove(to: HTMLElement): void {
    for (const stop of this.element.querySelectorAll<HTMLElement>("select, button")) stop.tabIndex = stop === to ? 0 : -1;
  }

  #onKey(event: KeyboardEvent): void {
    const stops = this.#stops();
    const at = stops.indexOf(event.target as HTMLElement);
    const to: Record<string, number> = {
      ArrowRight: (at + 1) % stops.length,
      ArrowLeft: (at - 1 + stops.length) % stops.length,
      Home: 0,
      End: stops.length - 1,
    };
    const next = to[event.key];
    if (event.key === "Escape") this.#view.focus();
    else if (next !== undefined) stops[next]?.focus();
    else return;
    event.preventDefault();
  }
}
