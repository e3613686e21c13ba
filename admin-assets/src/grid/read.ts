// Reads the server's table: the grid grows out of it, and takes every newer
// answer from it. It must not change the page.
import { COLUMNS, type Cells, type Column, type Row, type State, blank } from "./table.ts";

export interface Read {
  rows: Row[];
  /** What the server says is wrong, by row and column. */
  problems: Map<string, Partial<Cells>>;
}

export function readRows(section: ParentNode): Read {
  const rows: Row[] = [];
  const problems: Read["problems"] = new Map();
  for (const line of section.querySelectorAll<HTMLTableRowElement>("table.rows tbody tr[id]")) {
    const seen = line.cells[0]?.querySelector<HTMLInputElement>('input[name$=".version"]')?.value ?? line.dataset["version"];
    const version = Number(seen);
    const cells = blank();
    const wrong: Partial<Cells> = {};
    for (const [at, column] of COLUMNS.entries()) {
      const cell = line.cells[at + 1];
      const control = cell?.querySelector<HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement>("input, select, textarea");
      // A row that may not be changed is text.
      cells[column] = control?.value ?? cell?.dataset["value"] ?? "";
      const error = cell?.querySelector(".error")?.textContent?.trim();
      if (error) wrong[column] = error;
    }
    const id = line.id.slice("outputs-".length);
    const state = (line.dataset["state"] as State | undefined) ?? "new";
    rows.push({ id, version: version || null, state, cells, locked: "locked" in line.dataset });
    if (Object.keys(wrong).length > 0) problems.set(id, wrong);
  }
  return { rows, problems };
}

/** What can be chosen in the columns that offer choices: value and label. */
export function readOptions(section: ParentNode): Map<Column, [string, string][]> {
  const options = new Map<Column, [string, string][]>();
  for (const template of section.querySelectorAll<HTMLTemplateElement>("template[data-options]")) {
    const offered = [...template.content.querySelectorAll("option")];
    options.set(template.dataset["options"] as Column, offered.map((option) => [option.value, option.textContent ?? ""]));
  }
  return options;
}

export function readLabels(section: ParentNode): Record<Column, string> {
  const label = (column: Column): string => section.querySelector(`thead .cell-${column}`)?.textContent?.trim() ?? column;
  return Object.fromEntries(COLUMNS.map((column) => [column, label(column)])) as Record<Column, string>;
}
