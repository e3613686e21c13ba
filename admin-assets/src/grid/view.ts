// The grid in the page: rows as text under the server's heading, with the
// roles of an ARIA grid. It must not decide anything; it shows the table.
import { COLUMNS, type Cells, type Column, type Project, type Row, type Table, type Trouble } from "./table.ts";
import { icon, make } from "../make.ts";
import { type Place, type Rectangle, holds } from "./select.ts";

export const STATE = COLUMNS.length + 1;
export const LINK = COLUMNS.length + 2;
/** In whose tables the row stands: where all outputs are shown. */
const PROJECTS = COLUMNS.length + 3;

/** So many rows share a body: far from the window, a browser passes a body over as one. */
const SHARE = 24;

const STATES: Record<Row["state"], string> = { new: "New", draft: "Draft", published: "Published", changed: "Changes" };

export interface Words {
  labels: Record<Column, string>;
  options: Map<Column, [string, string][]>;
  /** Rows are saved with the form. */
  held: boolean;
  /** These are all outputs. */
  all: boolean;
}

export class View {
  readonly element: HTMLTableElement;
  /** All rows below the heading, the empty last one too. */
  lines: HTMLTableRowElement[] = [];
  readonly #table: Table;
  readonly #words: Words;
  readonly #labels = new Map<Column, Map<string, string>>();
  readonly #pattern: HTMLTableRowElement;
  /** The empty last row, in which a new one begins; none where nobody may add. */
  readonly last: HTMLTableRowElement | undefined;
  /** How many columns there are. */
  readonly width: number;
  readonly #adds: boolean;
  /** In whose tables rows stand, by id: known of rows that are deleted too, which may come back. */
  readonly #projects: ReadonlyMap<string, readonly Project[]>;
  /** What Tab stops at: the active cell, or the links in it. */
  #stops: readonly HTMLElement[] = [];
  #marked: Rectangle | undefined;

  constructor(element: HTMLTableElement, table: Table, words: Words, may: { save: boolean; add: boolean }) {
    this.element = element;
    this.#adds = may.add;
    this.#table = table;
    this.#projects = new Map([...table.rows].map(([id, { projects = [] }]) => [id, projects]));
    this.#words = words;
    for (const [column, offered] of words.options) this.#labels.set(column, new Map(offered));
    element.setAttribute("role", "grid");
    element.setAttribute("aria-multiselectable", "true");
    if (!may.save) element.setAttribute("aria-readonly", "true");
    element.tHead?.setAttribute("role", "rowgroup");
    const heading = element.tHead?.rows[0];
    this.width = heading?.cells.length ?? 0;
    element.setAttribute("aria-colcount", String(this.width));
    heading?.setAttribute("role", "row");
    heading?.setAttribute("aria-rowindex", "1");
    for (const [at, cell] of [...(heading?.cells ?? [])].entries()) {
      cell.setAttribute("role", "columnheader");
      cell.setAttribute("aria-colindex", String(at + 1));
    }
    this.#pattern = this.#patternRow();
    if (may.add) {
      this.last = this.#pattern.cloneNode(true) as HTMLTableRowElement;
      this.last.classList.add("rows-new");
      this.last.cells[0]?.replaceChildren(make("span", { class: "number" }, "+"));
      this.last.cells[0]?.setAttribute("aria-label", "New row");
      this.last.cells[LINK]?.replaceChildren();
    }
  }

  /** Makes all rows anew. */
  build(): void {
    this.lines = this.#table.order.map((id) => this.#newRow(id));
    if (this.last) this.lines.push(this.last);
    for (const body of [...this.element.tBodies]) body.remove();
    for (let at = 0; at < this.lines.length; at += SHARE) this.#body().append(...this.lines.slice(at, at + SHARE));
    this.#stops = [];
    this.#marked = undefined;
    this.number();
  }

  /** Brings the rows into the table's order, makes those that are missing, drops the others. */
  arrange(): void {
    const known = new Map(this.lines.map((line) => [line.id, line]));
    const lines = this.#table.order.map((id) => known.get(`outputs-${id}`) ?? this.#newRow(id));
    if (this.last) lines.push(this.last);
    const wanted = new Set(lines);
    for (const line of this.lines) if (!wanted.has(line)) line.remove();
    for (const [at, line] of lines.entries()) this.#put(line, lines[at - 1]);
    for (const body of [...this.element.tBodies]) if (body.rows.length === 0) body.remove();
    this.lines = lines;
    this.number();
  }

  /** Puts a row after another one, or first, unless it stands there. */
  #put(line: HTMLTableRowElement, previous: HTMLTableRowElement | undefined): void {
    if (line.isConnected && above(line) === previous) return;
    const body = previous?.parentElement as HTMLTableSectionElement | null | undefined;
    if (!previous || !body) (this.element.tBodies[0] ?? this.#body()).prepend(line);
    else if (body.rows.length < 2 * SHARE) previous.after(line);
    else this.#body(body).append(line);
  }

  /** A body more, after this one or at the end. */
  #body(after: Element | null = this.element.lastElementChild): HTMLTableSectionElement {
    const body = make("tbody", { role: "rowgroup" });
    after?.after(body);
    return body;
  }

  number(): void {
    this.element.setAttribute("aria-rowcount", String(this.lines.length + 1));
    for (const [at, line] of this.lines.entries()) {
      const index = String(at + 2);
      if (line.getAttribute("aria-rowindex") === index) continue;
      line.setAttribute("aria-rowindex", index);
      const number = line === this.last ? null : line.cells[0]?.lastElementChild;
      if (number) number.textContent = String(at + 1);
    }
    this.last?.classList.toggle("rows-first", this.lines.length === 1);
    for (const body of this.element.tBodies) body.style.setProperty("--lines", String(body.rows.length));
  }

  line(id: string): HTMLTableRowElement | null {
    return document.getElementById(`outputs-${id}`) as HTMLTableRowElement | null;
  }

  cell({ row, column }: Place): HTMLTableCellElement | undefined {
    return this.lines[row]?.cells[column];
  }

  /** Which of the rows this is; none where it is none of them. */
  rowOf(line: Element | null | undefined): number | undefined {
    const row = this.lines.indexOf(line as HTMLTableRowElement);
    return row < 0 ? undefined : row;
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
    const links = [...cell.querySelectorAll<HTMLElement>(":scope > a")];
    const stops = links.length > 0 ? links : [cell];
    const [stop = cell] = stops;
    if (this.#stops[0] !== stop) {
      for (const old of this.#stops) old.setAttribute("tabindex", "-1");
      this.#stops[0]?.closest("td")?.classList.remove("active");
      for (const one of stops) one.setAttribute("tabindex", "0");
      cell.classList.add("active");
      this.#stops = stops;
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
      const cells = this.lines[row]?.cells;
      for (let column = 0; cells && column < cells.length; column += 1) {
        cells[column]?.setAttribute("aria-selected", String(holds(now, row, column)));
      }
    }
    const one = now.top === now.bottom && now.left === now.right;
    this.element.toggleAttribute("data-range", !one);
  }

  /** Forgets what is marked: the rows stand elsewhere now. */
  unmark(): void {
    for (const cell of this.element.querySelectorAll('[aria-selected="true"]')) cell.setAttribute("aria-selected", "false");
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
    if (this.#words.all) {
      const projects = cell("gridcell", "projects", PROJECTS);
      projects.dataset["label"] = "Projects";
      projects.setAttribute("aria-readonly", "true");
      line.append(projects);
    }
    return line;
  }

  #newRow(id: string): HTMLTableRowElement {
    const line = this.#pattern.cloneNode(true) as HTMLTableRowElement;
    line.id = `outputs-${id}`;
    const row = this.#table.rows.get(id);
    const projects = this.#projects.get(id) ?? [];
    const cell = line.cells[PROJECTS];
    if (projects.length > 0) cell?.removeAttribute("tabindex");
    for (const { id: project, title, short } of projects) {
      const link = { href: `/admin/projects/${project}#outputs-heading`, title, "aria-label": title, tabindex: "-1" };
      cell?.append(make("a", link, short), " ");
    }
    if (row?.locked) {
      line.dataset["locked"] = "";
      for (const one of line.cells) one.setAttribute("aria-readonly", "true");
    }
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
          make(
            "p",
            {},
            trouble.baseIsGone
              ? `${trouble.who} saved this row ${trouble.when}, and what you began from is no longer kept. By now it says:`
              : `${trouble.who} changed this ${trouble.when} to:`,
          ),
          make("p", { class: "their-text" }, said),
          make("p", { class: "actions" }, button("Keep mine", "mine"), " ", button("Use theirs", "theirs")),
        );
        return box;
      }
      case "gone":
        if (column !== "title") return undefined;
        box.append(
          make("p", { class: "error" }, `Somebody ${this.#words.all ? "moved this to the trash" : "took this row out of the table"}. What you typed is kept here.`),
          make("p", { class: "actions" }, ...(this.#adds ? [button("Add it again", "again"), " "] : []), button("Let it go", "forget")),
        );
        return box;
      case "refused":
        if (column !== "title") return undefined;
        box.append(make("p", { class: "error" }, trouble.message), make("p", { class: "actions" }, button("Try again", "retry")));
        return box;
    }
  }
}

/** The row above this one. */
function above(line: HTMLTableRowElement): HTMLTableRowElement | undefined {
  const row = line.previousElementSibling ?? line.parentElement?.previousElementSibling?.lastElementChild;
  return row instanceof HTMLTableRowElement && row.parentElement?.tagName === "TBODY" ? row : undefined;
}
