// The outputs grid: it holds the table, what is selected and the cell that is
// being edited, and brings them to the page. What keys and buttons do stands in
// deeds.ts; listen.ts hears them.
import { announce } from "../announce.ts";
import { Bar, type Deed, deedsOf } from "./bar.ts";
import { CellEditor, type Start } from "./cell.ts";
import { Keeper } from "../kept.ts";
import { readLabels, readOptions, readRows } from "./read.ts";
import { type Selection, type Size, at, rectangle } from "./select.ts";
import { type Change, Steps } from "./steps.ts";
import { Sync } from "./sync.ts";
import { COLUMNS, type Cells, type Column, Table, asKept, blank } from "./table.ts";
import { make } from "../make.ts";
import { View } from "./view.ts";
import { Requests } from "./wire.ts";

/** How long a note stands beside the heading, in milliseconds. */
const SAID = 10_000;

export interface Verbs {
  save: boolean;
  publish: boolean;
  /** Take rows out: from a project's table whoever may change it. */
  trash: boolean;
  /** Begin new rows. */
  add: boolean;
}

export class Grid {
  readonly section: HTMLElement;
  readonly may: Verbs;
  /** Whether the project is not saved yet: then the rows go with the form. */
  readonly held: boolean;
  /** Whether these are all outputs, page by page: then they have no order of their own. */
  readonly all: boolean;
  readonly table = new Table();
  readonly steps = new Steps();
  readonly requests: Requests;
  readonly sync: Sync;
  readonly view: View;
  readonly bar: Bar;
  readonly labels: Record<Column, string>;
  readonly #options: Map<Column, [string, string][]>;
  readonly #status = make("p", { class: "rows-status" });
  readonly #note = make("p", { class: "rows-note" });
  readonly #orderNote = make("p", { class: "help" });
  readonly #ended = new AbortController();
  readonly #touched: () => void;
  selection: Selection = at(0, 1);
  editor: CellEditor | undefined;
  /** Where Tab began to go from cell to cell; then Enter returns there. */
  run: number | undefined;
  #next = newId();
  #noteTimer: ReturnType<typeof setTimeout> | undefined;
  #said = "";

  /** `touched` is told when a row that goes with the form was changed; `press` which button was pressed. */
  constructor(section: HTMLElement, touched: () => void, press: (deed: Deed) => void) {
    this.section = section;
    this.#touched = touched;
    const { grid = "", may = "", user = "" } = section.dataset;
    const verbs = may.split(" ");
    this.held = "held" in section.dataset;
    this.all = "all" in section.dataset;
    const save = verbs.includes("save");
    const add = this.all ? verbs.includes("add") : save;
    this.may = { save, publish: verbs.includes("publish"), trash: this.all ? verbs.includes("trash") : save, add };
    this.table.part = this.all;
    this.requests = new Requests(grid);
    this.labels = readLabels(section);
    this.#options = readOptions(section);
    const keeper = new Keeper(user, grid, asKept);
    this.sync = new Sync(this.table, {
      wire: this.requests,
      keep: (rows) => keeper.keep(rows.length > 0 ? rows : undefined),
      changed: (ids) => this.refresh(ids),
      refused: (message) => announce(message),
      later: (deed, milliseconds) => {
        const timer = setTimeout(deed, milliseconds);
        return () => clearTimeout(timer);
      },
    });
    this.sync.held = this.held;
    this.sync.ordered = !this.all;

    this.#read(section);
    // What stands there for browsers without scripts; an answer that a script has read has it as elements.
    for (const plain of section.querySelectorAll("noscript")) plain.remove();
    const element = section.querySelector<HTMLTableElement>("table.rows") ?? section.appendChild(make("table"));
    element.hidden = false;
    const words = { labels: this.labels, options: this.#options, held: this.held, all: this.all };
    this.view = new View(element, this.table, words, this.may);
    this.bar = new Bar(deedsOf(this.may, this.held, this.all), press);
    section.querySelector(".rows-head")?.append(this.#note, this.#status);
    element.before(this.bar.element);
    if (!this.all) this.#foot().append(this.#orderNote);
    if (!this.held && !this.all) section.append(make("input", { type: "hidden", name: "outputs.apart", value: "true" }));
    section.dataset["live"] = "";
    this.view.build();
    this.select(this.selection, false);
    this.refresh([]);
    if (!this.held && this.may.save) {
      void keeper.takeOver().then((left) => {
        const kept = left.flat();
        if (kept.length > 0) this.#adopt(kept.length, this.sync.adopt(kept));
        void this.sync.pump();
      });
    }
  }

  get signal(): AbortSignal {
    return this.#ended.signal;
  }

  get size(): Size {
    const { lines } = this.view;
    return {
      rows: lines.length,
      columns: this.view.width,
      // Looked up where it is asked for: it has the page laid out.
      get page(): number {
        return Math.max(1, Math.floor(innerHeight / (lines[0]?.offsetHeight || 40)) - 3);
      },
    };
  }

  /** The row at this place; the empty last row has the id that its output will have. */
  idAt(row: number): string {
    return this.table.order[row] ?? this.#next;
  }

  isNew(id: string): boolean {
    return id === this.#next;
  }

  /** The rows that are selected, without the empty last one. */
  get chosen(): string[] {
    const { top, bottom } = rectangle(this.selection);
    return this.table.order.slice(top, bottom + 1);
  }

  /** The selected cells that hold something: rows and columns. */
  get block(): { ids: string[]; columns: Column[] } {
    const { left, right } = rectangle(this.selection);
    return { ids: this.chosen, columns: COLUMNS.slice(Math.max(0, left - 1), Math.max(0, right)) };
  }

  columnAt(column: number): Column | undefined {
    return COLUMNS[column - 1];
  }

  select(selection: Selection, focus = true): void {
    this.selection = selection;
    this.view.mark(rectangle(selection));
    this.#buttons();
    // Last: moving the focus has the page laid out, which is dear in a long table.
    this.view.stop(selection.active, focus);
  }

  /** Selects the same rows again where they stand now. */
  reselect(ids: readonly string[], focus: boolean): void {
    const places = ids.map((id) => this.table.order.indexOf(id)).filter((row) => row >= 0);
    const { active, anchor } = this.selection;
    this.view.unmark();
    const last = this.size.rows - 1;
    if (places.length === 0) {
      const row = Math.min(active.row, last);
      this.select({ active: { ...active, row }, anchor: { ...active, row } }, focus);
      return;
    }
    const [top, bottom] = [Math.min(...places), Math.max(...places)];
    const down = active.row >= anchor.row;
    this.select({ active: { ...active, row: down ? bottom : top }, anchor: { ...anchor, row: down ? top : bottom } }, focus);
  }

  /** Opens an editor in the active cell. */
  edit(start: Start): boolean {
    const { active } = this.selection;
    const column = this.columnAt(active.column);
    const cell = this.view.cell(active);
    if (!this.may.save || !column || !cell || this.editor) return false;
    const id = this.idAt(active.row);
    if (!this.#open(id)) return false;
    this.editor = new CellEditor(
      cell,
      {
        column,
        label: `${this.labels[column]}, row ${active.row + 1}`,
        text: this.table.cell(id, column),
        options: this.#options.get(column),
        suggest: {
          near: (typed) => this.#near(typed),
          far: (typed, signal) => (this.held ? Promise.resolve([]) : this.requests.names(typed, signal)),
        },
      },
      start,
    );
    return true;
  }

  /** Closes the editor, with what was typed or without. */
  finish(keep: boolean, focus = true): void {
    const editor = this.editor;
    if (!editor) return;
    this.editor = undefined;
    const { active } = this.selection;
    const column = this.columnAt(active.column);
    const value = editor.value;
    editor.close();
    const id = this.idAt(active.row);
    if (keep && column && value !== this.table.cell(id, column)) this.write([{ id, column, after: value }], this.labels[column]);
    if (focus) this.view.stop(this.selection.active, true);
  }

  /** Whether somebody may write into a row. */
  #open(id: string): boolean {
    const row = this.table.rows.get(id);
    return row ? !row.locked : this.may.add;
  }

  /** Writes into cells, so that it can be undone; rows that may not be changed are passed over. */
  write(cells: readonly { id: string; column: Column; after: string }[], name: string): void {
    const changes: Change[] = [];
    const made: string[] = [];
    for (const { id, column, after } of cells) {
      const before = this.table.cell(id, column);
      if (before === after || !this.#open(id)) continue;
      if (!this.table.rows.has(id)) {
        this.make(id);
        made.push(id);
      }
      changes.push({ id, column, before, after });
    }
    if (changes.length === 0) return;
    this.steps.add({ kind: "cells", name, changes, made });
    this.type(changes.map(({ id, column, after }) => [id, column, after]));
  }

  /** Begins a row. */
  make(id: string, place = this.table.order.length): void {
    this.table.add({ id, version: null, state: "new", cells: blank() }, place);
    if (this.isNew(id)) this.#next = newId();
    this.view.arrange();
  }

  /** Types into cells, without a way back; that is for who calls it. */
  type(cells: readonly [string, Column, string][]): void {
    for (const [id, column, text] of cells) this.sync.type(id, column, text);
    this.refresh([...new Set(cells.map(([id]) => id))]);
    if (this.held) this.#touched();
    void this.sync.pump();
  }

  /** Shows rows as they are now, and how things stand. */
  refresh(ids: readonly string[]): void {
    for (const id of ids) this.view.paint(id);
    this.#standing();
    this.#buttons();
    this.#order();
  }

  /** Says what was done, to eyes and ears. */
  say(text: string): void {
    this.#note.textContent = text;
    announce(text);
    clearTimeout(this.#noteTimer);
    this.#noteTimer = setTimeout(() => (this.#note.textContent = ""), SAID);
  }

  /** Takes a newer answer of the server. */
  take(fresh: HTMLElement): void {
    if (this.held) {
      const { problems } = readRows(fresh);
      for (const id of this.table.order) this.table.trouble.delete(id);
      for (const [id, wrong] of problems) if (this.table.rows.has(id)) this.table.trouble.set(id, { kind: "invalid", problems: wrong });
    } else {
      const chosen = this.chosen;
      this.table.take(readRows(fresh).rows);
      this.view.arrange();
      if (!this.editor) this.reselect(chosen, this.section.contains(document.activeElement));
    }
    this.refresh(this.table.order);
  }

  /** The rows as inputs of the form, for a project that is not saved yet. */
  inputs(): HTMLElement {
    const box = make("div", { hidden: "" });
    for (const [place, id] of this.table.order.entries()) {
      const values: Partial<Cells> & { id: string } = { id, ...this.table.cells(id) };
      for (const [name, value] of Object.entries(values)) {
        box.append(make("input", { type: "hidden", name: `outputs.${place}.${name}`, value }));
      }
    }
    return box;
  }

  destroy(): void {
    this.#ended.abort();
  }

  #read(section: HTMLElement): void {
    const { rows, problems } = readRows(section);
    // A form that comes back unsaved: what stands in it was typed, and the versions are those that were seen.
    const unsaved = section.closest("form")?.dataset["unsaved"]?.split(" ").includes("outputs") ?? false;
    for (const row of rows) {
      const typed = row.cells;
      const typedAnew = unsaved && !row.locked;
      this.table.add(typedAnew ? { ...row, cells: blank() } : row);
      if (typedAnew) this.table.typed.set(row.id, typed);
      const wrong = problems.get(row.id);
      if (wrong) this.table.trouble.set(row.id, { kind: "invalid", problems: wrong });
    }
    if (unsaved) this.sync.move();
  }

  #foot(): Element {
    return this.section.querySelector(".rows-foot") ?? this.section.appendChild(make("div", { class: "rows-foot" }));
  }

  #adopt(kept: number, touched: string[]): void {
    this.view.arrange();
    this.refresh(this.table.order);
    if (touched.length > 0) announce(`${kept === 1 ? "A row that was" : `${kept} rows that were`} not saved last time: saving now`);
  }

  #near(typed: string): string[] {
    const sought = typed.toLowerCase();
    const names = new Set(this.table.order.map((id) => this.table.cell(id, "lead")));
    return [...names].filter((name) => name.toLowerCase().includes(sought)).slice(0, 5);
  }

  #buttons(): void {
    const { length } = this.chosen;
    const rows = length > 1 ? `${length} rows` : "row";
    this.bar.set("publish", length > 0, `Publish ${rows}…`);
    this.bar.set("publish-all", this.table.order.length > 0);
    this.bar.set("request", length > 0);
    this.bar.set("up", length > 0 && rectangle(this.selection).top > 0);
    this.bar.set("down", length > 0 && rectangle(this.selection).bottom < this.table.order.length - 1);
    this.bar.set("delete", length > 0, `Delete ${rows}`);
    this.bar.set("undo", this.steps.canUndo);
    this.bar.set("redo", this.steps.canRedo);
  }

  /** Says in which order the public sees the rows. */
  #order(): void {
    const sorted = this.table.isByYear();
    this.bar.set("by-year", !sorted, "Order by year");
    const many = this.table.order.length > 1;
    this.#orderNote.textContent = many ? `Readers see this order: ${sorted ? "newest year first" : "your own"}.` : "";
  }

  #standing(): void {
    const troubled = this.table.trouble.size;
    const [standing, text] = this.#words(troubled);
    if (this.#status.dataset["standing"] === standing && this.#said === text) return;
    const bad = standing === "lost" || standing === "signed-out" || standing === "trouble";
    const was = this.#status.dataset["standing"];
    this.#status.dataset["standing"] = standing;
    this.#said = text;
    this.#status.replaceChildren(text);
    if (standing === "signed-out") {
      this.#status.append(" ", make("a", { href: "/admin/sign-in", target: "_blank" }, "Sign in in a new tab."));
    }
    if (bad) announce(text);
    else if (standing === "saved" && was !== undefined && ["lost", "signed-out", "trouble"].includes(was)) announce("Saved");
  }

  #words(troubled: number): [string, string] {
    const safe = this.sync.keeps ? "What you typed is kept in this browser and sent as soon as it can be." : "Leave this page open: what you typed is only here.";
    if (this.held) return ["held", "Saved with the project"];
    if (!this.may.save) return ["still", ""];
    if (this.sync.standing === "lost") return ["lost", `Not saved: the server cannot be reached. ${safe}`];
    if (this.sync.standing === "signed-out") return ["signed-out", `Not saved: you have been signed out. ${safe}`];
    if (troubled > 0) return ["trouble", `Not saved: ${troubled === 1 ? "one row needs" : `${troubled} rows need`} attention`];
    if (this.sync.standing === "saving") return ["saving", "Saving…"];
    return this.sync.standing === "saved" ? ["saved", "Saved"] : ["still", "Rows save by themselves"];
  }
}

/** A UUIDv7 (RFC 9562), as the server makes them: they sort by time. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let now = Date.now();
  for (let at = 5; at >= 0; at -= 1) {
    bytes[at] = now % 256;
    now = Math.floor(now / 256);
  }
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
