// Reads what the server says of its table: the grid grows out of it, and takes
// every newer answer from it. It must not change the page.
import { COLUMNS, type Cells, type Column, type Project, type Row, type State, blank } from "./table.ts";

export interface Read {
  rows: Row[];
  /** What the server says is wrong, by row and column. */
  problems: Map<string, Partial<Cells>>;
}

/** A row as the server writes it into `data-rows`. */
interface Told {
  id: string;
  version: number | null;
  state: State;
  /** In the order of the columns. */
  cells: string[];
  locked?: boolean;
  wrong?: Partial<Cells>;
  projects?: Project[];
}

export function readRows(section: HTMLElement): Read {
  const told = JSON.parse(section.dataset["rows"] ?? "[]") as Told[];
  const problems: Read["problems"] = new Map();
  const rows = told.map(({ id, version, state, cells: texts, locked = false, wrong, projects = [] }): Row => {
    if (wrong) problems.set(id, wrong);
    const cells = blank();
    for (const [at, column] of COLUMNS.entries()) cells[column] = texts[at] ?? "";
    return { id, version, state, cells, locked, projects };
  });
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
