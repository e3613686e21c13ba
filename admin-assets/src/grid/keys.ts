// The grid's keys: which key asks for what, in one place, and the same list for
// the help. Pure.

export interface Pressed {
  key: string;
  code: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

export type Command =
  | "edit"
  | "clear"
  | "delete"
  | "undo"
  | "redo"
  | "fill"
  | "request"
  | "publish"
  | "up"
  | "down"
  | "all"
  | "row"
  | "escape"
  | "type"
  | "next"
  | "back"
  | "move";

const MOVES = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End", "PageUp", "PageDown"];

/** What a key asks for where no cell is being edited; undefined leaves it to the browser. */
export function command(event: Pressed): Command | undefined {
  const { key } = event;
  const control = event.ctrlKey || event.metaKey;
  if (event.altKey) {
    // Alt with R, whatever letter the keyboard makes of it.
    if (event.code === "KeyR") return "request";
    if (key === "ArrowUp") return "up";
    if (key === "ArrowDown") return "down";
    // AltGr writes characters.
    return key.length === 1 && event.ctrlKey ? "type" : undefined;
  }
  if (control) {
    switch (key.toLowerCase()) {
      case "z":
        return event.shiftKey ? "redo" : "undo";
      case "y":
        return "redo";
      case "d":
        return "fill";
      case "a":
        return "all";
      case "enter":
        return "publish";
      case "delete":
      case "backspace":
        return "delete";
    }
    return MOVES.includes(key) && !key.startsWith("Page") ? "move" : undefined;
  }
  if (key === " ") return event.shiftKey ? "row" : "edit";
  if (key === "Enter" || key === "F2") return "edit";
  if (key === "Delete" || key === "Backspace") return "clear";
  if (key === "Escape") return "escape";
  if (key === "Tab") return event.shiftKey ? "back" : "next";
  if (MOVES.includes(key)) return "move";
  return key.length === 1 ? "type" : undefined;
}

/** What the help says of the keys that move rows. */
export const MOVING = "Move the rows";

/** The keys as the help lists them. */
export const HELP: readonly (readonly [string, string])[] = [
  ["Arrows, Home, End, Page Up, Page Down", "Move; with Ctrl to the edge, with Shift select"],
  ["Any letter or digit", "Write over the cell"],
  ["Enter or F2", "Change the cell"],
  ["Enter, Tab", "While you write: keep it and go down, or to the next cell"],
  ["Escape", "While you write: leave the cell as it was. Then Tab leaves the table"],
  ["Alt + R", "Available on request"],
  ["Alt + ↑ or ↓", MOVING],
  ["Ctrl + D", "Fill down from the first selected row"],
  ["Ctrl + C, X, V", "Copy, cut, paste"],
  ["Ctrl + A, Shift + Space", "Select everything, or the rows"],
  ["Delete", "Empty the cells"],
  ["Ctrl + Delete", "Delete the rows"],
  ["Ctrl + Z, Ctrl + Y", "Undo, do again"],
  ["Ctrl + Enter", "Publish the rows"],
];
