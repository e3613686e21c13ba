// The outputs table as the grid knows it: what the server holds of each row,
// what was typed over it and is not saved yet, and the order. It must not know
// the page or the network.

export const COLUMNS = ["title", "type", "lead", "year", "availability", "note"] as const;
export type Column = (typeof COLUMNS)[number];
export type Cells = Record<Column, string>;
export type State = "new" | "draft" | "published" | "changed";

/** A project in whose table a row stands. */
export interface Project {
  id: string;
  title: string;
  /** What fits into a cell. */
  short: string;
}

export interface Row {
  id: string;
  /** The version that was seen; null while the row is new. */
  version: number | null;
  state: State;
  /** As the server has it. */
  cells: Cells;
  /** Whether whoever looks at it may not change it. */
  locked?: boolean;
  /** In whose tables it stands: told where all outputs are shown. */
  projects?: Project[];
}

/** Why a row cannot be saved as it stands. */
export type Trouble =
  | { kind: "conflict"; clashes: Column[]; baseIsGone: boolean; who: string; when: string; seen: number | null }
  | { kind: "invalid"; problems: Partial<Cells> }
  | { kind: "gone" }
  | { kind: "refused"; message: string };

/** What was typed and not saved, as it outlives the page. */
export interface Kept {
  id: string;
  version: number | null;
  cells: Partial<Cells>;
  /** What of it was sent and not answered, where that is something else. */
  sent?: Partial<Cells> | undefined;
}

/** Rows that were kept, if that is what these are. */
export function asKept(stored: unknown): Kept[] | undefined {
  const are = (cells: unknown): boolean => typeof cells === "object" && cells !== null;
  const rows = Array.isArray(stored) ? (stored as Kept[]) : undefined;
  return rows?.filter((row) => typeof row?.id === "string" && are(row.cells) && (row.sent === undefined || are(row.sent)));
}

export function blank(): Cells {
  return { title: "", type: "", lead: "", year: "", availability: "", note: "" };
}

export class Table {
  /** Whether it is a page of all outputs: what is not here may be on another page. */
  part = false;
  order: string[] = [];
  readonly rows = new Map<string, Row>();
  readonly typed = new Map<string, Partial<Cells>>();
  readonly trouble = new Map<string, Trouble>();

  add(row: Row, at = this.order.length): void {
    this.rows.set(row.id, row);
    this.order.splice(at, 0, row.id);
  }

  remove(id: string): void {
    this.order = this.order.filter((one) => one !== id);
    this.rows.delete(id);
    this.typed.delete(id);
    this.trouble.delete(id);
  }

  /** What stands in a cell: what was typed, else what the server has. */
  cell(id: string, column: Column): string {
    return this.typed.get(id)?.[column] ?? this.rows.get(id)?.cells[column] ?? "";
  }

  cells(id: string): Cells {
    const cells = blank();
    for (const column of COLUMNS) cells[column] = this.cell(id, column);
    return cells;
  }

  /** Moves rows, in their order, before the row that stands at this place without them. */
  moved(ids: readonly string[], to: number): string[] {
    const moving = new Set(ids);
    const staying = this.order.filter((id) => !moving.has(id));
    staying.splice(to, 0, ...this.order.filter((id) => moving.has(id)));
    return staying;
  }

  /** The order by year, newest first; rows of one year, and those without, keep theirs. */
  byYear(): string[] {
    const year = (id: string): number => Number.parseInt(this.cell(id, "year"), 10) || 0;
    return [...this.order].sort((one, other) => year(other) - year(one));
  }

  isByYear(): boolean {
    const sorted = this.byYear();
    return this.order.every((id, at) => sorted[at] === id);
  }

  /** What outlives the page. A row in conflict is kept with the version that was seen before. */
  kept(): Kept[] {
    const kept: Kept[] = [];
    for (const [id, cells] of this.typed) {
      const trouble = this.trouble.get(id);
      const version = trouble?.kind === "conflict" ? trouble.seen : (this.rows.get(id)?.version ?? null);
      kept.push({ id, version, cells: { ...cells } });
    }
    return kept;
  }

  /** Lays what was kept over what the server has. Gives the rows that were touched. */
  adopt(kept: readonly Kept[]): string[] {
    const touched: string[] = [];
    for (const { id, version, cells } of kept) {
      let row = this.rows.get(id);
      const known = row !== undefined;
      if (!row) {
        row = { id, version, state: version === null ? "new" : "draft", cells: blank() };
        this.add(row);
        // Somebody took the row out of the table meanwhile; what was typed is shown all the same.
        if (version !== null && !this.part) this.trouble.set(id, { kind: "gone" });
      }
      const mine: Partial<Cells> = {};
      for (const column of COLUMNS) {
        const text = cells[column];
        if (text !== undefined && (!known || text !== row.cells[column])) mine[column] = text;
      }
      if (Object.keys(mine).length === 0) continue;
      // The version that was seen when it was typed: the server merges from there.
      if (version !== null) row.version = version;
      this.typed.set(id, { ...mine, ...this.typed.get(id) });
      touched.push(id);
    }
    return touched;
  }

  /** Takes over what the server shows, but where something is typed or known to be newer. */
  take(fresh: readonly Row[]): void {
    const shown = new Set(fresh.map((row) => row.id));
    for (const id of [...this.order]) {
      if (!shown.has(id) && !this.typed.has(id) && this.rows.get(id)?.version !== null) this.remove(id);
    }
    for (const row of fresh) {
      const mine = this.rows.get(row.id);
      if (!mine) this.add(row);
      else if (!this.typed.has(row.id) && (row.version ?? 0) >= (mine.version ?? 0)) Object.assign(mine, row);
    }
  }
}
