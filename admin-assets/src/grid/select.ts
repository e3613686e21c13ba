// The active cell and what is selected around it: a rectangle between the cell
// where the selection began and the active one. Pure.

export interface Place {
  row: number;
  column: number;
}

export interface Selection {
  active: Place;
  /** Where it began; the same place where only one cell is selected. */
  anchor: Place;
}

export interface Rectangle {
  top: number;
  bottom: number;
  left: number;
  right: number;
}

/** How large the grid is, and how many rows a page is. */
export interface Size {
  rows: number;
  columns: number;
  page: number;
}

export function at(row: number, column: number): Selection {
  return { active: { row, column }, anchor: { row, column } };
}

export function rectangle({ active, anchor }: Selection): Rectangle {
  return {
    top: Math.min(active.row, anchor.row),
    bottom: Math.max(active.row, anchor.row),
    left: Math.min(active.column, anchor.column),
    right: Math.max(active.column, anchor.column),
  };
}

export function holds({ top, bottom, left, right }: Rectangle, row: number, column: number): boolean {
  return row >= top && row <= bottom && column >= left && column <= right;
}

/** Where a key leads from a place; undefined where it is no key of movement. */
function next(key: string, far: boolean, from: Place, size: Size): Place | undefined {
  const last = { row: size.rows - 1, column: size.columns - 1 };
  switch (key) {
    case "ArrowUp":
      return { ...from, row: far ? 0 : Math.max(0, from.row - 1) };
    case "ArrowDown":
      return { ...from, row: far ? last.row : Math.min(last.row, from.row + 1) };
    case "ArrowLeft":
      return { ...from, column: far ? 0 : Math.max(0, from.column - 1) };
    case "ArrowRight":
      return { ...from, column: far ? last.column : Math.min(last.column, from.column + 1) };
    case "Home":
      return { row: far ? 0 : from.row, column: 0 };
    case "End":
      return { row: far ? last.row : from.row, column: last.column };
    case "PageUp":
      return { ...from, row: Math.max(0, from.row - size.page) };
    case "PageDown":
      return { ...from, row: Math.min(last.row, from.row + size.page) };
    default:
      return undefined;
  }
}

/** The selection after a key of movement: alone it moves, with Shift it widens. */
export function go(
  selection: Selection,
  { key, far, widen }: { key: string; far: boolean; widen: boolean },
  size: Size,
): Selection | undefined {
  const active = next(key, far, selection.active, size);
  if (!active) return undefined;
  return { active, anchor: widen ? selection.anchor : active };
}

/** Whole rows, the active cell where it was. */
export function wholeRows(selection: Selection, columns: number): Selection {
  const { top, bottom } = rectangle(selection);
  const down = selection.active.row >= selection.anchor.row;
  return {
    anchor: { row: down ? top : bottom, column: columns - 1 },
    active: { row: down ? bottom : top, column: 0 },
  };
}
