// Moving about in the outputs table: Enter and the arrows go from row to row,
// Alt with an arrow moves the row itself.
export function watchRows(): void {
  document.addEventListener("keydown", (event) => {
    const cell = event.target;
    if (event.isComposing || !(cell instanceof HTMLElement) || !cell.closest("table.rows tbody")) return;
    const row = cell.closest("tr");
    if (!row) return;

    if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      const deed = event.key === "ArrowUp" ? "up" : "down";
      row.querySelector<HTMLButtonElement>(`button[value^="${deed}:"]:enabled`)?.click();
      event.preventDefault();
      return;
    }
    if (!(cell instanceof HTMLInputElement) && !(cell instanceof HTMLTextAreaElement)) return;
    if (event.altKey || event.ctrlKey || event.metaKey) return;

    if (event.key === "Enter") {
      event.preventDefault();
      if (!go(cell, row, event.shiftKey ? -1 : 1) && !event.shiftKey) addRow(row);
    } else if (event.key === "ArrowDown" && atEdge(cell, "end")) {
      if (go(cell, row, 1)) event.preventDefault();
    } else if (event.key === "ArrowUp" && atEdge(cell, "start")) {
      if (go(cell, row, -1)) event.preventDefault();
    }
  });
}

function go(cell: HTMLElement, row: HTMLTableRowElement, step: 1 | -1): boolean {
  const next = step > 0 ? row.nextElementSibling : row.previousElementSibling;
  const column = cell.closest("td")?.cellIndex ?? -1;
  const target = (next as HTMLTableRowElement | null)?.cells?.[column]?.querySelector<HTMLElement>(
    "input:not([type=hidden]), textarea, select",
  );
  target?.focus();
  if (target instanceof HTMLInputElement) target.select();
  return target != null;
}

function addRow(row: HTMLTableRowElement): void {
  row.closest(".group, form")?.querySelector<HTMLButtonElement>('.rows-foot button[value^="add:"]')?.click();
}

function atEdge(cell: HTMLInputElement | HTMLTextAreaElement, edge: "start" | "end"): boolean {
  if (cell instanceof HTMLInputElement) return true;
  const at = cell.selectionStart ?? 0;
  return edge === "start" ? at === 0 : at === cell.value.length;
}
