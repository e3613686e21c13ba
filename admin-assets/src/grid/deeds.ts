// What can be done in the grid with cells and rows, each so that it can be
// undone. Keys, buttons and the mouse ask for it in listen.ts.
import { announce } from "../announce.ts";
import { ask, showKeys, titles } from "./ask.ts";
import type { Deed } from "./bar.ts";
import { fromText, toHtml, toText } from "./clip.ts";
import { type Grid, newId } from "./grid.ts";
import { at, rectangle } from "./select.ts";
import type { Step } from "./steps.ts";
import { type Saved, cellsOf } from "./sync.ts";
import { COLUMNS, type Cells, type Column } from "./table.ts";
import { make } from "../make.ts";

/** The most rows that are taken out or put back by one request. */
const BATCH = 500;

interface Gone {
  stored: boolean;
  cells: Cells;
}

export class Deeds {
  readonly #grid: Grid;
  /** Rows that were taken out here, so that they can come back. */
  readonly #gone = new Map<string, Gone>();

  constructor(grid: Grid) {
    this.#grid = grid;
  }

  press(deed: Deed): void {
    const grid = this.#grid;
    switch (deed) {
      case "publish":
        return void this.publish(grid.chosen);
      case "publish-all":
        return void this.publish([...grid.table.order]);
      case "request":
        return this.request();
      case "up":
        return this.move(-1);
      case "down":
        return this.move(1);
      case "delete":
        return void this.remove();
      case "undo":
        return void this.undo();
      case "redo":
        return void this.redo();
      case "by-year":
        return this.order(grid.table.byYear(), "order by year");
      case "keys":
        return void showKeys(this.#grid.all);
    }
  }

  /** Empties the selected cells. */
  clear(): void {
    const { ids, columns } = this.#grid.block;
    this.#write(ids, columns, () => "", "emptied cells");
  }

  /** The selected rows are available on request. */
  request(): void {
    const ids = this.#grid.chosen;
    this.#write(ids, ["availability"], () => "on_request", "availability");
    if (ids.length > 0) this.#grid.say(ids.length === 1 ? "Available on request" : `${ids.length} rows are available on request`);
  }

  /** What stands in the first selected row, in all of them; with one row, what stands above it. */
  fill(): void {
    const { ids, columns } = this.#grid.block;
    const top = rectangle(this.#grid.selection).top;
    const from = ids.length > 1 ? ids[0] : this.#grid.table.order[top - 1];
    if (!from) return;
    const count = this.#write(ids, columns, (column) => this.#grid.table.cell(from, column), "filled cells");
    if (count > 0) announce(`${count} cells filled`);
  }

  move(step: 1 | -1): void {
    const { table, chosen, selection } = this.#grid;
    const { top, bottom } = rectangle(selection);
    if (chosen.length === 0 || (step < 0 ? top === 0 : bottom >= table.order.length - 1)) return;
    this.order(table.moved(chosen, top + step), chosen.length === 1 ? "moved row" : "moved rows");
    const first = table.order.indexOf(chosen[0] ?? "") + 1;
    announce(`Moved to ${first} of ${table.order.length}`);
  }

  /** Rows that were dragged before another one, or to the end. */
  drop(taken: string, before: string | undefined): void {
    const { table, chosen } = this.#grid;
    const ids = chosen.includes(taken) ? chosen : [taken];
    if (before !== undefined && ids.includes(before)) return;
    const staying = table.order.filter((id) => !ids.includes(id));
    const to = before === undefined ? staying.length : staying.indexOf(before);
    this.order(table.moved(ids, to), "moved rows");
  }

  order(after: string[], name: string): void {
    const before = [...this.#grid.table.order];
    if (before.every((id, place) => after[place] === id)) return;
    this.#grid.steps.add({ kind: "order", name, before, after });
    this.#arrange(after);
  }

  /** Deletes the selected rows; asks first where readers see them. */
  async remove(): Promise<void> {
    const grid = this.#grid;
    const ids = grid.chosen;
    if (ids.length === 0) return;
    const public_ = ids.filter((id) => ["published", "changed"].includes(grid.table.rows.get(id)?.state ?? ""));
    if (public_.length > 0) {
      const many = public_.length > 1;
      const sure = await ask({
        heading: many ? `Delete ${ids.length} rows?` : "Delete this row?",
        body: [
          make("p", {}, `Readers see ${many ? "these" : "this"} now, and will not any more:`),
          titles(public_.map((id) => grid.table.cell(id, "title") || "Untitled output")),
          make("p", {}, "You can undo this, or take them out of the trash later; they come back as drafts."),
        ],
        yes: "Delete",
        no: "Keep",
      });
      if (!sure) return;
    }
    const before = [...grid.table.order];
    const removed = await this.#takeOut(ids);
    if (removed.length === 0) return;
    grid.steps.add({ kind: "removed", name: "deleted rows", ids: removed, before });
    grid.refresh([]);
    grid.say(`${removed.length === 1 ? "Row" : `${removed.length} rows`} deleted. Ctrl + Z undoes it.`);
  }

  async undo(): Promise<void> {
    const step = this.#grid.steps.undo();
    if (!step) return;
    await this.#apply(step, true);
    this.#grid.say(`Undone: ${step.name}`);
    this.#grid.refresh([]);
  }

  async redo(): Promise<void> {
    const step = this.#grid.steps.redo();
    if (!step) return;
    await this.#apply(step, false);
    this.#grid.say(`Done again: ${step.name}`);
    this.#grid.refresh([]);
  }

  /** What the selected cells say, for the clipboard; of whole rows where no cell of text is among them. */
  copy(): { text: string; html: string } {
    const { ids, columns } = this.#grid.block;
    const all = columns.length === 0 ? COLUMNS : columns;
    const rows = ids.map((id) => all.map((column) => this.#grid.view.text(id, column)));
    return { text: toText(rows), html: toHtml(rows) };
  }

  /** Fills cells from the active one on; a single cell fills all that are selected. */
  paste(text: string): void {
    const grid = this.#grid;
    const rows = fromText(text);
    const { top, left, bottom, right } = rectangle(grid.selection);
    const single = rows.length === 1 && rows[0]?.length === 1;
    const cells: { id: string; column: Column; after: string }[] = [];
    const unknown = new Set<string>();
    const put = (id: string, place: number, pasted: string): void => {
      const column = grid.columnAt(place);
      if (!column) return;
      const after = grid.view.value(column, pasted.replace(/\s*\n\s*/g, " "));
      if (after === undefined) unknown.add(pasted.trim());
      else cells.push({ id, column, after });
    };
    if (single) {
      for (let row = top; row <= Math.min(bottom, grid.table.order.length); row += 1) {
        for (let place = left; place <= right; place += 1) put(grid.idAt(row), place, rows[0]?.[0] ?? "");
      }
    } else {
      for (const [down, line] of rows.entries()) {
        const row = top + down;
        const id = row <= grid.table.order.length ? grid.idAt(row) : newId();
        for (const [over, pasted] of line.entries()) put(id, Math.max(1, left) + over, pasted);
      }
    }
    grid.write(cells, "pasted cells");
    if (unknown.size > 0) grid.say(`Not pasted, since it cannot be chosen here: ${[...unknown].join(", ")}`);
    else if (cells.length > 0) announce(cells.length === 1 ? "Pasted" : `${cells.length} cells pasted`);
  }

  /** What a button beside what is wrong with a row does. */
  mend(deed: string, id: string, column: Column): void {
    const grid = this.#grid;
    if (deed === "mine" || deed === "theirs") grid.sync.settle(id, column, deed === "mine");
    else if (deed === "retry") {
      grid.table.trouble.delete(id);
      void grid.sync.pump();
    } else {
      const cells = grid.table.cells(id);
      grid.sync.forget(id);
      grid.view.arrange();
      if (deed === "again") {
        const fresh = newId();
        grid.make(fresh);
        grid.type(COLUMNS.filter((one) => cells[one] !== "").map((one) => [fresh, one, cells[one]]));
      }
      grid.reselect([], true);
    }
    grid.refresh(grid.table.rows.has(id) ? [id] : []);
    grid.view.stop(grid.selection.active, true);
  }

  /** Publishes rows, after showing which of them can be. */
  async publish(ids: string[]): Promise<void> {
    const grid = this.#grid;
    if (ids.length === 0 || !grid.may.publish) return;
    await grid.sync.pump();
    const open = ids.filter((id) => grid.table.typed.has(id) || grid.table.rows.get(id)?.version === null);
    const unsaved = open.map((id) => ({ title: grid.table.cell(id, "title") || "Untitled output", missing: ["It is not saved yet."] }));
    try {
      const checked = await grid.requests.check(ids.filter((id) => !open.includes(id)));
      const ready = checked.filter(({ missing, state }) => missing.length === 0 && state !== "published");
      const lacking = [...unsaved, ...checked.filter(({ missing }) => missing.length > 0)];
      const body: Node[] = [];
      if (ready.length > 0) body.push(make("p", {}, "Readers will see the newest version of:"), titles(ready.map(({ title }) => title)));
      if (lacking.length > 0) {
        body.push(make("p", {}, ready.length > 0 ? "These cannot be published yet:" : "Something is missing:"));
        body.push(titles(lacking.map(({ title, missing }) => `${title}: ${missing.join(" ")}`)));
      }
      if (body.length === 0) body.push(make("p", {}, "Readers see the newest version already."));
      const many = ready.length === 1 ? "1 output" : `${ready.length} outputs`;
      const yes = ready.length > 0 ? { yes: `Publish ${many}` } : {};
      const heading = ready.length > 0 ? `Publish ${many}?` : "Nothing to publish";
      const sure = await ask({ heading, body, ...yes, no: ready.length > 0 ? "Not now" : "Close" });
      if (!sure) return;
      this.#took(await grid.requests.publish(ready.map(({ id }) => id)));
      grid.say(`${ready.length === 1 ? "1 output is" : `${ready.length} outputs are`} public now.`);
    } catch (error) {
      grid.say(`Not published. ${sentence(error)}`);
    }
  }

  #took(saved: readonly Saved[]): void {
    for (const { id, version, state } of saved) {
      const row = this.#grid.table.rows.get(id);
      if (row) Object.assign(row, { version, state });
    }
    this.#grid.refresh(saved.map(({ id }) => id));
  }

  #write(ids: readonly string[], columns: readonly Column[], text: (column: Column) => string, name: string): number {
    const cells = ids.flatMap((id) => columns.map((column) => ({ id, column, after: text(column) })));
    this.#grid.write(cells, name);
    return cells.length;
  }

  #arrange(order: readonly string[]): void {
    const grid = this.#grid;
    const { chosen } = grid;
    const known = order.filter((id) => grid.table.rows.has(id));
    grid.table.order = [...known, ...grid.table.order.filter((id) => !known.includes(id))];
    grid.view.arrange();
    grid.reselect(chosen, grid.view.element.contains(document.activeElement) || document.activeElement === document.body);
    grid.sync.move();
    // A row that goes with the form is one row more or less of it.
    grid.type([]);
    grid.refresh([]);
  }

  async #apply(step: Step, back: boolean): Promise<void> {
    const grid = this.#grid;
    if (step.kind === "order") {
      this.#arrange(back ? step.before : step.after);
    } else if (step.kind === "removed") {
      if (back) await this.#putBack(step.ids, step.before);
      else await this.#takeOut(step.ids);
    } else {
      if (back) await this.#takeOut(step.made);
      else await this.#putBack(step.made, grid.table.order);
      const there = step.changes.filter(({ id }) => grid.table.rows.has(id));
      grid.type(there.map(({ id, column, before, after }) => [id, column, back ? before : after]));
      const first = there[0];
      if (first) {
        const row = grid.table.order.indexOf(first.id);
        grid.select(at(row, COLUMNS.indexOf(first.column) + 1));
      }
    }
  }

  /** Takes rows out, on the server too. Gives those that went. */
  async #takeOut(ids: readonly string[]): Promise<string[]> {
    const grid = this.#grid;
    if (ids.length === 0) return [];
    await grid.sync.pump();
    const stored = ids.filter((id) => grid.table.rows.get(id)?.version !== null && grid.table.trouble.get(id)?.kind !== "gone");
    const refused = new Set<string>();
    try {
      for (let from = 0; from < stored.length; from += BATCH) {
        for (const { id, outcome, message } of await grid.requests.remove(stored.slice(from, from + BATCH))) {
          if (outcome !== "refused") continue;
          refused.add(id);
          grid.say(`Not deleted. ${message ?? ""}`);
        }
      }
    } catch (error) {
      grid.say(`Not deleted. ${sentence(error)}`);
      return [];
    }
    const removed = ids.filter((id) => !refused.has(id) && grid.table.rows.has(id));
    for (const id of removed) {
      this.#gone.set(id, { stored: stored.includes(id), cells: grid.table.cells(id) });
      grid.sync.forget(id);
    }
    grid.view.arrange();
    grid.reselect([], true);
    grid.type([]);
    return removed;
  }

  /** Brings rows back to where they stood. */
  async #putBack(ids: readonly string[], order: readonly string[]): Promise<void> {
    const grid = this.#grid;
    const missing = ids.filter((id) => !grid.table.rows.has(id) && this.#gone.has(id));
    if (missing.length === 0) return;
    const stored = missing.filter((id) => this.#gone.get(id)?.stored);
    try {
      for (let from = 0; from < stored.length; from += BATCH) {
        for (const { id, version, state, cells } of await grid.requests.restore(stored.slice(from, from + BATCH))) {
          grid.table.add({ id, version, state, cells: cellsOf(cells) });
        }
      }
    } catch (error) {
      grid.say(`Not brought back. ${sentence(error)}`);
      return;
    }
    for (const id of missing) {
      const gone = this.#gone.get(id);
      if (!gone || gone.stored) continue;
      grid.make(id);
      grid.type(COLUMNS.filter((column) => gone.cells[column] !== "").map((column) => [id, column, gone.cells[column]]));
    }
    this.#arrange(order);
    grid.reselect(missing, true);
  }
}

function sentence(error: unknown): string {
  return error instanceof Error && error.message ? error.message : "The server cannot be reached; try again in a moment.";
}
