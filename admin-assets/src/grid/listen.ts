// Hears keys, mouse, fingers and the clipboard in the grid, with one listener
// of each kind for the whole table.
import { isMany } from "./clip.ts";
import type { Deeds } from "./deeds.ts";
import { watchDrags } from "./drag.ts";
import type { Grid } from "./grid.ts";
import { type Command, command } from "./keys.ts";
import { type Place, at, go, wholeRows } from "./select.ts";
import { COLUMNS, type Column } from "./table.ts";
import { LINK, STATE } from "./view.ts";

/** The first and the last column that hold text. */
const FIRST = 1;
const LAST = COLUMNS.length;
/** What somebody may do who may not change anything. */
const READING: readonly Command[] = ["move", "all", "row", "escape"];

export function listen(grid: Grid, deeds: Deeds): void {
  const { element } = grid.view;
  const { signal } = grid;
  element.addEventListener("keydown", (event) => onKey(grid, deeds, event), { signal });
  element.addEventListener("pointerdown", (event) => (finger = event.pointerType === "touch"), { signal });
  element.addEventListener("mousedown", (event) => onMouseDown(grid, event), { signal });
  element.addEventListener("mouseover", (event) => onMouseOver(grid, event), { signal });
  element.addEventListener("click", (event) => onClick(grid, deeds, event), { signal });
  element.addEventListener("focusin", (event) => onFocus(grid, event), { signal });
  element.addEventListener("focusout", () => setTimeout(() => leave(grid)), { signal });
  element.addEventListener("copy", (event) => onCopy(grid, deeds, event), { signal });
  element.addEventListener("cut", (event) => onCopy(grid, deeds, event, true), { signal });
  element.addEventListener(
    "paste",
    (event) => {
      if (grid.editor || !grid.may.save || !event.clipboardData) return;
      const text = event.clipboardData.getData("text/plain");
      // Many rows are looked at first: import.ts hands them over.
      if (!grid.held && isMany("", text) && document.querySelector("[data-import]")) return;
      event.preventDefault();
      deeds.paste(text);
    },
    { signal },
  );
  // The editor's own changes are no fields of the form.
  for (const type of ["input", "change"]) element.addEventListener(type, (event) => event.stopPropagation(), { signal });
  if (!grid.may.save || grid.all) return;
  const idOf = (line: HTMLTableRowElement): string => line.id.slice("outputs-".length);
  watchDrags(grid.view, (taken, before) => deeds.drop(idOf(taken), before ? idOf(before) : undefined), signal);
  const add = grid.section.querySelector('button[value="add:outputs"]');
  add?.addEventListener(
    "click",
    (event) => {
      event.preventDefault();
      grid.finish(true, false);
      grid.select(at(grid.size.rows - 1, FIRST));
      grid.edit({ kind: "text" });
    },
    { signal },
  );
}

function onKey(grid: Grid, deeds: Deeds, event: KeyboardEvent): void {
  if (event.isComposing || event.defaultPrevented) return;
  const target = event.target as HTMLElement;
  if (target.closest(".cell-trouble")) {
    // Among the buttons of a cell: Escape goes back to it.
    if (event.key === "Escape") {
      event.preventDefault();
      grid.view.stop(grid.selection.active, true);
    }
    return;
  }
  if (grid.editor) onEditingKey(grid, event);
  else onMovingKey(grid, deeds, event);
}

function onEditingKey(grid: Grid, event: KeyboardEvent): void {
  const { editor } = grid;
  const { active } = grid.selection;
  if (!editor || editor.key(event)) return;
  const control = event.ctrlKey || event.metaKey;
  if (event.key === "Escape") {
    event.preventDefault();
    grid.run = undefined;
    grid.finish(false);
  } else if (event.key === "Enter" && !event.altKey && !control) {
    event.preventDefault();
    grid.finish(true, false);
    step(grid, { row: active.row + (event.shiftKey ? -1 : 1), column: grid.run ?? active.column });
  } else if (event.key === "Tab") {
    if (tab(grid, event.shiftKey)) event.preventDefault();
  } else if (control && event.key.toLowerCase() === "s") {
    // The form saves; what stands here goes first.
    grid.finish(true);
  } else if (event.key.startsWith("Arrow") && !editor.stays && !event.altKey && !control && !event.shiftKey) {
    event.preventDefault();
    grid.run = undefined;
    grid.finish(true, false);
    const next = go(at(active.row, active.column), { key: event.key, far: false, widen: false }, grid.size);
    if (next) grid.select(next);
  }
}

function onMovingKey(grid: Grid, deeds: Deeds, event: KeyboardEvent): void {
  const asked = command(event);
  if (!asked || (!grid.may.save && !READING.includes(asked) && !(asked === "publish" && grid.may.publish))) return;
  if (grid.all && (asked === "up" || asked === "down")) return;
  if (asked === "delete" && !grid.may.trash) return;
  const { active } = grid.selection;
  const column = grid.columnAt(active.column);
  // Everything but going on ends the run from cell to cell.
  if (!["next", "back", "edit", "type", "request", "undo", "redo"].includes(asked)) grid.run = undefined;
  switch (asked) {
    case "next":
    case "back":
      if (grid.run === undefined || !tab(grid, asked === "back")) return;
      break;
    case "move": {
      const far = event.ctrlKey || event.metaKey;
      const next = go(grid.selection, { key: event.key, far, widen: event.shiftKey }, grid.size);
      if (next) grid.select(next);
      break;
    }
    case "edit":
      if (!enter(grid, deeds, event)) return;
      break;
    case "type":
      // The letter goes into the editor by itself; a choice looks for it.
      if (!column) return;
      if (grid.edit({ kind: "over" })) {
        if (!(grid.editor?.control instanceof HTMLSelectElement)) return;
        grid.finish(false, false);
        grid.edit({ kind: "letter", letter: event.key });
      }
      break;
    case "escape":
      grid.select(at(active.row, active.column));
      break;
    case "all":
      grid.select({ anchor: { row: 0, column: grid.view.width - 1 }, active: { row: Math.max(0, grid.table.order.length - 1), column: 0 } });
      break;
    case "row":
      grid.select(wholeRows(grid.selection, grid.view.width));
      break;
    case "clear":
      deeds.clear();
      break;
    case "fill":
      deeds.fill();
      break;
    default:
      deeds.press(asked);
  }
  event.preventDefault();
}

/** Enter, F2 or Space on a cell. False leaves the key to the browser. */
function enter(grid: Grid, deeds: Deeds, event: KeyboardEvent): boolean {
  const { active } = grid.selection;
  if (active.column >= LINK) return false;
  if (active.column === STATE) {
    void deeds.publish(grid.chosen);
    return true;
  }
  if (active.column === 0) {
    grid.select(wholeRows(grid.selection, grid.view.width));
    return true;
  }
  const button = grid.view.cell(active)?.querySelector<HTMLButtonElement>(".cell-trouble button");
  // Enter goes to what has to be decided; F2 writes all the same.
  if (button && event.key === "Enter") button.focus();
  else grid.edit({ kind: "text" });
  return true;
}

/** On to the next cell of text, or back; from the last one to the row below. False where it leads out. */
function tab(grid: Grid, back: boolean): boolean {
  const { active } = grid.selection;
  const begun = grid.run ?? active.column;
  let { row, column } = active;
  column += back ? -1 : 1;
  if (column > LAST) {
    row += 1;
    column = Math.min(begun, LAST);
  } else if (column < FIRST) {
    row -= 1;
    column = LAST;
  }
  grid.finish(true, false);
  if (row < 0 || row >= grid.size.rows) {
    grid.run = undefined;
    grid.view.stop(active, true);
    return false;
  }
  grid.run = begun;
  grid.select(at(row, column));
  return true;
}

function step(grid: Grid, place: Place): void {
  const row = Math.max(0, Math.min(grid.size.rows - 1, place.row));
  grid.select(at(row, place.column));
}

function placeOf(grid: Grid, target: EventTarget | null): Place | undefined {
  const cell = target instanceof Element ? target.closest<HTMLTableCellElement>('[role="gridcell"], [role="rowheader"]') : null;
  const row = grid.view.rowOf(cell?.parentElement);
  return cell && row !== undefined ? { row, column: cell.cellIndex } : undefined;
}

/** The cell that was active already when it was pressed: a click opens it. */
let again: Place | undefined;
/** Whether a finger pressed last: it has no Shift. */
let finger = false;

function onMouseDown(grid: Grid, event: MouseEvent): void {
  again = undefined;
  if (event.button !== 0 || !(event.target instanceof Element)) return;
  if (event.target.closest(".cell-box, .cell-trouble, a")) return;
  const place = placeOf(grid, event.target);
  if (!place) return;
  event.preventDefault();
  grid.finish(true, false);
  grid.run = undefined;
  const { active } = grid.selection;
  const focused = grid.view.element.contains(document.activeElement);
  if (event.shiftKey) {
    grid.select({ active: place, anchor: grid.selection.anchor });
  } else if (finger && place.column === 0 && isRows(grid) && !grid.chosen.includes(grid.idAt(place.row))) {
    grid.select({ active: place, anchor: grid.selection.anchor });
  } else if (place.column === 0) {
    // A row of several that are selected is not taken alone: they may be dragged.
    if (!grid.chosen.includes(grid.idAt(place.row)) || grid.chosen.length === 1) grid.select(wholeRows(at(place.row, 0), grid.view.width));
  } else {
    if (focused && active.row === place.row && active.column === place.column) again = place;
    grid.select(at(place.row, place.column));
  }
}

/** Whether whole rows are selected. */
function isRows({ selection: { active, anchor }, view }: Grid): boolean {
  return active.column === 0 && anchor.column === view.width - 1;
}

function onMouseOver(grid: Grid, event: MouseEvent): void {
  if (event.buttons !== 1 || grid.editor || isRows(grid)) return;
  const place = placeOf(grid, event.target);
  if (!place || !grid.view.element.contains(document.activeElement)) return;
  again = undefined;
  grid.select({ active: place, anchor: grid.selection.anchor });
}

function onClick(grid: Grid, deeds: Deeds, event: MouseEvent): void {
  const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-deed]") : null;
  if (button) {
    const { deed = "", row = "", column = "" } = button.dataset;
    deeds.mend(deed, row, column as Column);
    return;
  }
  const place = placeOf(grid, event.target);
  if (place && (event.detail === 2 || again) && !grid.editor && !(event.target as Element).closest("a")) {
    if (grid.edit({ kind: "text" })) again = undefined;
  }
}

/** A screen reader or a script put the focus on another cell. */
function onFocus(grid: Grid, event: FocusEvent): void {
  const place = placeOf(grid, event.target);
  if (!place || grid.editor) return;
  const { active } = grid.selection;
  if (place.row !== active.row || place.column !== active.column) grid.select(at(place.row, place.column), false);
}

/** The focus went elsewhere: what was typed is kept. Another window is not elsewhere. */
function leave(grid: Grid): void {
  if (!grid.editor || !document.hasFocus() || grid.editor.cell.contains(document.activeElement)) return;
  grid.finish(true, false);
}

function onCopy(grid: Grid, deeds: Deeds, event: ClipboardEvent, cut = false): void {
  if (grid.editor || grid.chosen.length === 0 || !event.clipboardData) return;
  // Text that was selected with the mouse is copied as text.
  if (!(event.target as Element).matches('[role="gridcell"], [role="rowheader"], [role="gridcell"] *')) return;
  const { text, html } = deeds.copy();
  event.preventDefault();
  event.clipboardData.setData("text/plain", text);
  event.clipboardData.setData("text/html", html);
  if (cut && grid.may.save) deeds.clear();
}
