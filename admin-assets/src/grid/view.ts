// The grid in the page: rows as text under the server's own heading, with the
// roles of an ARIA grid. It must not decide anything; it shows the table.
import { COLUMNS, type Cells, type Column, type Row, type Table, type Trouble } from "./table.ts";
import { icon, make } from "../make.ts";
import { type Place, type Rectangle, holds } from "./select.ts";

/** Row number, six columns, state, link. */
export const WIDTH = COLUMNS.length + 3;
export const STATE = COLUMNS.length + 1;
export const LINK = COLUMNS.length + 2;

const STATES: Record<Row["state"], string> = { new: "New", draft: "Draft", published: "Published", changed: "Changes" };

export interface Words {
  labels: Record<Column, string>;
  options: Map<Column, [string, string][]>;
  /** Rows are saved with the form. */
  held: boolean;
}

export class View {
  readonly element: HTMLTableElement;
  readonly body: HTMLTableSectionElement;
  readonly #table: Table;
  readonly #words: Words;
  readonly #labels = new Map<Column, Map<string, string>>();
  readonly #pattern: HTMLTableRowElement;
  /** The empty last row, in which a new one begins; none where nobody may add. */
  readonly last: HTMLTableRowElement | undefined;
  #stop: HTMLElement | undefined;
  #marked: Rectangle | undefined;

  constructor(element: HTMLTableElement, table: Table, words: Words, adds: boolean) {
    this.element = element;
    // A body of its own: the server's, with its thousands of controls, leaves the form in one piece.
    this.body = make("tbody");
    element.tBodies[0]?.remove();
    element.append(this.body);
    this.#table = table;
    this.#words = words;
    for (const [column, offered] of words.options) this.#labels.set(column, new Map(offered));
    element.setAttribute("role", "grid");
    element.setAttribute("aria-multiselectable", "true");
    element.setAttribute("aria-colcount", String(WIDTH));
    if (!adds) element.setAttribute("aria-readonly", "true");
    element.tHead?.setAttribute("role", "rowgroup");
    this.body.setAttribute("role", "rowgroup");
    const heading = element.tHead?.rows[0];
    heading?.setAttribute("role", "row");
    heading?.setAttribute("aria-rowindex", "1");
    for (const [at, cell] of [...(heading?.cells ?? [])].entries()) {
      cell.setAttribute("role", "columnheader");
      cell.setAttribute("aria-colindex", String(at + 1));
    }
    this.#pattern = this.#patternRow();
    if (adds) {
      this.last = this.#pattern.cloneNode(true) as HTMLTableRowElement;
      this.last.classList.add("rows-new");
      this.last.cells[0]?.replaceChildren(make("span", { class: "number" }, "+"));
      this.last.cells[0]?.setAttribute("aria-label", "New row");
      this.last.cells[LINK]?.replaceChildren();
    }
  }

  /** Makes all rows anew. */
  build(): void {
    const rows = this.#table.order.map((id) => this.#newRow(id));
    if (this.last) rows.push(this.last);
    this.body.replaceChildren(...rows);
    this.#stop = undefined;
    this.#marked = undefined;
    this.number();
  }

  /** Brings the rows into the table's order, makes those that are missing, drops the others. */
  arrange(): void {
    const wanted = new Set(this.#table.order);
    const known = new Map<string, HTMLTableRowElement>();
    for (const line of [...this.body.rows]) {
      if (line === this.last) continue;
      const id = line.id.slice("outputs-".length);
      if (wanted.has(id)) known.set(id, line);
      else line.remove();
    }
    for (const [at, id] of this.#table.order.entries()) {
      const line = known.get(id) ?? this.#newRow(id);
      if (this.body.rows[at] !== line) this.body.insertBefore(line, this.body.rows[at] ?? null);
    }
    this.number();
  }

  number(): void {
    const lines = this.body.rows;
    this.element.setAttribute("aria-rowcount", String(lines.length + 1));
    for (let at = 0; at < lines.length; at += 1) {
      const line = lines[at];
      const index = String(at + 2);
      if (!line || line.getAttribute("aria-rowindex") === index) continue;
      line.setAttribute("aria-rowindex", index);
      const number = line === this.last ? null : line.cells[0]?.lastElementChild;
      if (number) number.textContent = String(at + 1);
    }
    this.last?.classList.toggle("rows-first", lines.length === 1);
  }

  line(id: string): HTMLTableRowElement | null {
    return document.getElementById(`outputs-${id}`) as HTMLTableRowElement | null;
  }

  cell({ row, column }: Place): HTMLTableCellElement | undefined {
    return this.body.rows[row]?.cells[column];
  }

  /** Shows a row as the table has it now. */
  paint(id: string): void {
    const line = this.line(id);
    const row = this.#table.rows.get(id);
    if (line && row) this.#fill(line, row);
  }

  /** What a cell says. */
  text(id: string, column: Column): string {
    return this.label(column, this.#table.cell(id, column));
  }

  label(column: Column, value: string): string {
    return this.#labels.get(column)?.get(value) ?? value;
  }

  /** The value that a column takes for what was typed or pasted; undefined where it offers no such choice. */
  value(column: Column, text: string): string | undefined {
    const offered = this.#words.options.get(column);
    const typed = text.trim();
    if (!offered || typed === "") return typed;
    const same = (one: string): boolean => one.toLowerCase() === typed.toLowerCase();
    return offered.find(([value, label]) => same(label) || value === typed)?.[0];
  }

  /** The one cell that Tab stops at. */
  stop(place: Place, focus: boolean): void {
    const cell = this.cell(place);
    if (!cell) return;
    const stop = cell.querySelector<HTMLElement>(":scope > a") ?? cell;
    if (this.#stop !== stop) {
      this.#stop?.setAttribute("tabindex", "-1");
      this.#stop?.closest("td")?.classList.remove("active");
      stop.setAttribute("tabindex", "0");
      cell.classList.add("active");
      this.#stop = stop;
    }
    if (!focus) return;
    stop.focus({ preventScroll: true });
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  /** Marks what is selected. */
  mark(now: Rectangle): void {
    const before = this.#marked;
    this.#marked = now;
    const same = before?.left === now.left && before?.right === now.right;
    const top = Math.min(now.top, before?.top ?? now.top);
    const bottom = Math.max(now.bottom, before?.bottom ?? now.bottom);
    for (let row = top; row <= bottom; row += 1) {
      const was = before !== undefined && row >= before.top && row <= before.bottom;
      const is = row >= now.top && row <= now.bottom;
      if (same && was === is) continue;
      const cells = this.body.rows[row]?.cells;
      for (let column = 0; cells && column < cells.length; column += 1) {
        cells[column]?.setAttribute("aria-selected", String(holds(now, row, column)));
      }
    }
    const one = now.top === now.bottom && now.left === now.right;
    this.element.toggleAttribute("data-range", !one);
  }

  /** Forgets what is marked: the rows stand elsewhere now. */
  unmark(): void {
    for (const cell of this.body.querySelectorAll('[aria-selected="true"]')) cell.setAttribute("aria-selected", "false");
    this.#marked = undefined;
  }

  #patternRow(): HTMLTableRowElement {
    const line = make("tr", { role: "row" });
    const cell = (role: string, name: string, at: number, ...children: Node[]): HTMLTableCellElement =>
      make("td", { role, class: `cell-${name}`, "aria-colindex": String(at + 1), "aria-selected": "false", tabindex: "-1" }, ...children);
    line.append(cell("rowheader", "order", 0, make("span", { class: "grip", "aria-hidden": "true" }), make("span", { class: "number" })));
    for (const [at, column] of COLUMNS.entries()) {
      const data = cell("gridcell", column, at + 1, make("span", { class: "text" }));
      data.dataset["label"] = this.#words.labels[column];
      line.append(data);
    }
    line.append(cell("gridcell", "state", STATE, make("span", { class: "state" })), cell("gridcell", "tools", LINK));
    return line;
  }

  #newRow(id: string): HTMLTableRowElement {
    const line = this.#pattern.cloneNode(true) as HTMLTableRowElement;
    line.id = `outputs-${id}`;
    const row = this.#table.rows.get(id);
    if (row) this.#fill(line, row);
    return line;
  }

  #fill(line: HTMLTableRowElement, row: Row): void {
    const { id } = row;
    const typed = this.#table.typed.get(id);
    const trouble = this.#table.trouble.get(id);
    for (const [at, column] of COLUMNS.entries()) {
      const cell = line.cells[at + 1];
      const text = cell?.firstElementChild;
      if (!cell || !text) continue;
      const said = this.text(id, column);
      if (text.textContent !== said) text.textContent = said;
      if (cell.childElementCount > 1 || trouble) this.#trouble(cell, column, id, trouble);
    }
    const state = line.cells[STATE];
    const word = state?.firstElementChild;
    const saving = typed !== undefined && !trouble && !this.#words.held;
    const name = row.version === null && row.state === "draft" ? "new" : row.state;
    if (word) {
      word.className = `state state-${name === "new" ? "draft" : name}`;
      word.textContent = STATES[name];
    }
    line.toggleAttribute("data-saving", saving);
    line.toggleAttribute("data-trouble", trouble !== undefined);
    const tools = line.cells[LINK];
    if (tools && row.version !== null && tools.childElementCount === 0) {
      const link = make("a", { class: "icon-button", href: `/admin/outputs/${id}`, tabindex: "-1", "aria-label": "Open on its own page" });
      link.append(icon("M14 5h5v5M19 5l-8 8M17 14v5H5V7h5"));
      tools.removeAttribute("tabindex");
      tools.append(link);
    }
  }

  /** What is wrong with a cell, below its text. */
  #trouble(cell: HTMLTableCellElement, column: Column, id: string, trouble: Trouble | undefined): void {
    cell.querySelector(":scope > .cell-trouble")?.remove();
    const said = trouble ? this.#said(column, id, trouble) : undefined;
    cell.toggleAttribute("aria-invalid", false);
    if (!said) {
      cell.removeAttribute("aria-invalid");
      cell.removeAttribute("aria-describedby");
      return;
    }
    said.id = `outputs-${id}-${column}-trouble`;
    cell.setAttribute("aria-invalid", "true");
    cell.setAttribute("aria-describedby", said.id);
    cell.append(said);
  }

  #said(column: Column, id: string, trouble: Trouble): HTMLElement | undefined {
    const box = make("div", { class: "cell-trouble" });
    const button = (text: string, deed: string): HTMLButtonElement =>
      make("button", { type: "button", class: "text-button", tabindex: "-1", "data-deed": deed, "data-column": column, "data-row": id }, text);
    switch (trouble.kind) {
      case "invalid": {
        const problem = trouble.problems[column];
        if (!problem) return undefined;
        box.append(make("p", { class: "error" }, problem));
        return box;
      }
      case "conflict": {
        if (!trouble.clashes.includes(column)) return undefined;
        const theirs = this.#table.rows.get(id)?.cells ?? ({} as Cells);
        const said = this.label(column, theirs[column] ?? "") || "nothing";
        box.classList.add("theirs");
        box.append(
          make("p", {}, `${trouble.who} changed this ${trouble.when} to:`),
          make("p", { class: "their-text" }, said),
          make("p", { class: "actions" }, button("Keep mine", "mine"), " ", button("Use theirs", "theirs")),
        );
        return box;
      }
      case "gone":
        if (column !== "title") return undefined;
        box.append(
          make("p", { class: "error" }, "Somebody took this row out of the table. What you typed is kept here."),
          make("p", { class: "actions" }, button("Add it again", "again"), " ", button("Let it go", "forget")),
        );
        return box;
      case "refused":
        if (column !== "title") return undefined;
        box.append(make("p", { class: "error" }, trouble.message), make("p", { class: "actions" }, button("Try again", "retry")));
        return box;
    }
  }
}
