// The editor's keys. What a key does and what it is called stand together, so
// that the help and the toolbar tell the truth.
import { baseKeymap, chainCommands, setBlockType } from "prosemirror-commands";
import { redo, undo } from "prosemirror-history";
import { undoInputRule } from "prosemirror-inputrules";
import { splitListItem } from "prosemirror-schema-list";
import type { Command } from "prosemirror-state";
import { addRowAfter, goToNextCell } from "prosemirror-tables";
import { deeper, everything, heading, lineBreak, list, mark, nextCell, paragraph, quote, shallower } from "./commands.ts";
import { marks, nodes } from "./schema.ts";

const MAC = /Mac|iP(?:hone|ad)/.test(globalThis.navigator?.platform ?? "");

/** `Mod-Shift-8` as it is printed on the keyboard: `Ctrl+Shift+8`. */
export function printed(key: string): string {
  const names: Record<string, string> = MAC ? { Mod: "⌘", Alt: "⌥", Shift: "⇧" } : { Mod: "Ctrl" };
  const parts = key.split("-").map((part) => names[part] ?? (part.length === 1 ? part.toUpperCase() : part));
  return parts.join(MAC ? "" : "+");
}

/** The same as assistive technology wants it (WAI-ARIA 1.2, aria-keyshortcuts). */
export function spelled(key: string): string {
  const names: Record<string, string> = { Mod: MAC ? "Meta" : "Control" };
  return key.split("-").map((part) => names[part] ?? (part.length === 1 ? part.toUpperCase() : part)).join("+");
}

/** Key and what it does, by the name that toolbar and help have for it. */
export const DEEDS: Record<string, [key: string, command: Command]> = {
  Bold: ["Mod-b", mark(marks.strong)],
  Italic: ["Mod-i", mark(marks.em)],
  Subscript: ["Mod-,", mark(marks.sub)],
  Superscript: ["Mod-.", mark(marks.sup)],
  Paragraph: ["Mod-Alt-0", paragraph],
  "Heading 2": ["Mod-Alt-2", heading(2)],
  "Heading 3": ["Mod-Alt-3", heading(3)],
  "Heading 4": ["Mod-Alt-4", heading(4)],
  "Numbered list": ["Mod-Shift-7", list(nodes.ordered_list)],
  "Bulleted list": ["Mod-Shift-8", list(nodes.bullet_list)],
  Quotation: ["Mod-Shift-9", quote],
  Undo: ["Mod-z", undo],
  Redo: [MAC ? "Mod-Shift-z" : "Mod-y", redo],
};

/** A heading that one backs out of is a paragraph. */
const plainAtStart: Command = (state, dispatch) => {
  const { $from, empty } = state.selection;
  if (!empty || $from.parentOffset > 0 || $from.parent.type !== nodes.heading) return false;
  return setBlockType(nodes.paragraph)(state, dispatch);
};

export const BASE: Record<string, Command> = {
  ...baseKeymap,
  Enter: chainCommands(splitListItem(nodes.list_item), baseKeymap["Enter"] as Command),
  "Shift-Enter": lineBreak,
  Backspace: chainCommands(undoInputRule, plainAtStart, baseKeymap["Backspace"] as Command),
  Tab: chainCommands(deeper, nextCell(addRowAfter)),
  "Shift-Tab": chainCommands(shallower, goToNextCell(-1)),
  "Mod-Shift-z": redo,
  "Mod-a": everything,
};
