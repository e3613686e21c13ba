// Rows on their way to the server: one request at a time, each row from the
// version that was seen, tried again when the connection is lost, kept beside
// the page until the answer has come. It must not know the page.
import { COLUMNS, type Cells, type Column, type Kept, type State, type Table } from "./table.ts";

/** The most rows that one request takes. */
const BATCH = 200;
/** How long to wait before it is tried again, in milliseconds, each time longer. */
const WAITS = [1_000, 2_000, 5_000, 10_000, 30_000];

/** The server cannot be reached, or not for now. */
export class Lost extends Error {}
/** The session has ended. */
export class SignedOut extends Error {}
/** The server says no, and why. */
export class Refused extends Error {}

export interface Saved {
  id: string;
  version: number;
  state: State;
  /** In the order of the columns. */
  cells: string[];
}

export type Outcome =
  | ({ outcome: "saved" } & Saved)
  /** Without what was seen every cell that differs is asked. */
  | ({ outcome: "conflict"; clashes: Column[]; base_is_gone: boolean; who: string; when: string } & Saved)
  | { outcome: "invalid"; id: string; problems: Partial<Cells> }
  | { outcome: "gone"; id: string }
  | { outcome: "refused"; id: string; message: string };

export interface Wire {
  save(rows: Kept[]): Promise<Outcome[]>;
  order(ids: string[]): Promise<Saved[]>;
}

/** How things stand. */
export type Standing = "still" | "saving" | "saved" | "lost" | "signed-out";

export interface World {
  wire: Wire;
  /** Keeps what is not saved beside the page. False where the browser will not. */
  keep(rows: Kept[]): boolean;
  /** Rows that look different now. */
  changed(ids: string[]): void;
  /** Something that is to be said once. */
  refused(message: string): void;
  /** Calls back later; gives what stops it. */
  later(deed: () => void, milliseconds: number): () => void;
}

export function cellsOf(list: readonly string[]): Cells {
  return Object.fromEntries(COLUMNS.map((column, at) => [column, list[at] ?? ""])) as Cells;
}

export class Sync {
  standing: Standing = "still";
  /** Whether the browser keeps what is not saved. */
  keeps = true;
  /** Rows that are saved with a form, not by themselves. */
  held = false;
  /** Whether the table has an order of its own. */
  ordered = true;
  readonly #table: Table;
  readonly #world: World;
  #running: Promise<void> = Promise.resolve();
  /** Ends in the same moment as the last look at what there is to send: nothing falls in between. */
  #busy = false;
  #sent = new Map<string, Partial<Cells>>();
  /** What was sent and never answered, by row: it may be saved. The same goes again before what was typed since. */
  readonly #unanswered = new Map<string, Partial<Cells>>();
  #moved = false;
  #tries = 0;
  #stop: (() => void) | undefined;

  constructor(table: Table, world: World) {
    this.#table = table;
    this.#world = world;
  }

  /** Something was typed into a cell. */
  type(id: string, column: Column, text: string): void {
    const row = this.#table.rows.get(id);
    if (!row) return;
    const typed = { ...this.#table.typed.get(id) };
    // What is on its way may be saved any moment; then the old text is a change again.
    const onItsWay = this.#sent.get(id)?.[column] ?? this.#unanswered.get(id)?.[column];
    if (text === row.cells[column] && onItsWay === undefined) delete typed[column];
    else typed[column] = text;
    if (Object.keys(typed).length === 0) this.#table.typed.delete(id);
    else this.#table.typed.set(id, typed);
    const trouble = this.#table.trouble.get(id);
    if (trouble?.kind === "invalid" || trouble?.kind === "refused") this.#table.trouble.delete(id);
    this.#keep();
  }

  /** The order was changed. */
  move(): void {
    this.#moved = this.ordered && !this.held;
  }

  /** One cell of a conflict is settled. */
  settle(id: string, column: Column, mine: boolean): void {
    const trouble = this.#table.trouble.get(id);
    if (trouble?.kind !== "conflict") return;
    const clashes = trouble.clashes.filter((one) => one !== column);
    if (!mine) {
      const typed = { ...this.#table.typed.get(id) };
      delete typed[column];
      if (Object.keys(typed).length === 0) this.#table.typed.delete(id);
      else this.#table.typed.set(id, typed);
    }
    if (clashes.length > 0) this.#table.trouble.set(id, { ...trouble, clashes });
    else this.#table.trouble.delete(id);
    this.#keep();
    void this.pump();
  }

  /** Lays what was kept from an earlier page over the table. */
  adopt(kept: readonly Kept[]): string[] {
    const touched = this.#table.adopt(kept);
    for (const { id, sent } of kept) if (sent && touched.includes(id)) this.#unanswered.set(id, sent);
    this.#keep();
    return touched;
  }

  forget(id: string): void {
    this.#table.remove(id);
    this.#unanswered.delete(id);
    this.#keep();
  }

  /** Whether anything is not on the server yet. */
  get open(): boolean {
    return this.#table.typed.size > 0 || this.#moved;
  }

  /** Sends what there is to send; fulfilled when nothing more can be done for now. */
  pump(): Promise<void> {
    if (this.held) return Promise.resolve();
    this.#stop?.();
    this.#stop = undefined;
    if (!this.#busy) this.#running = this.#run();
    return this.#running;
  }

  /** The connection may be back, somebody may have signed in. */
  wake(): void {
    if (!this.open) return;
    this.#tries = 0;
    void this.pump();
  }

  async #run(): Promise<void> {
    this.#busy = true;
    try {
      for (;;) {
        const rows = this.#ready();
        if (rows.length > 0) await this.#save(rows);
        else if (this.#moved) await this.#order();
        else break;
        this.#tries = 0;
      }
      if (this.standing !== "still") this.#say("saved");
    } catch (error) {
      if (error instanceof SignedOut) this.#say("signed-out");
      else if (error instanceof Lost) this.#say("lost");
      else throw error;
      const wait = WAITS[Math.min(this.#tries, WAITS.length - 1)] ?? 30_000;
      this.#tries += 1;
      this.#stop = this.#world.later(() => void this.pump(), wait);
    } finally {
      this.#busy = false;
    }
  }

  #ready(): Kept[] {
    const rows: Kept[] = [];
    for (const [id, cells] of this.#table.typed) {
      if (this.#table.trouble.has(id) || !this.#table.rows.has(id)) continue;
      rows.push({ id, version: this.#table.rows.get(id)?.version ?? null, cells: { ...(this.#unanswered.get(id) ?? cells) } });
      if (rows.length === BATCH) break;
    }
    return rows;
  }

  async #save(rows: Kept[]): Promise<void> {
    this.#sent = new Map(rows.map((row) => [row.id, row.cells]));
    this.#say("saving", rows.map((row) => row.id));
    try {
      const outcomes = await this.#world.wire.save(rows);
      for (const row of rows) this.#unanswered.delete(row.id);
      for (const outcome of outcomes) this.#take(outcome);
    } catch (error) {
      if (!(error instanceof Refused)) {
        for (const row of rows) this.#unanswered.set(row.id, row.cells);
        throw error;
      }
      for (const row of rows) {
        this.#unanswered.delete(row.id);
        this.#table.trouble.set(row.id, { kind: "refused", message: error.message });
      }
    } finally {
      this.#sent = new Map();
    }
    this.#keep();
    this.#world.changed(rows.map((row) => row.id));
  }

  #take(outcome: Outcome): void {
    const { id } = outcome;
    const row = this.#table.rows.get(id);
    if (!row) return;
    if (outcome.outcome === "saved" || outcome.outcome === "conflict") {
      const seen = row.version;
      row.version = outcome.version;
      row.state = outcome.state;
      row.cells = cellsOf(outcome.cells);
      const { clashes, who, when } = outcome.outcome === "conflict" ? outcome : { clashes: [], who: "", when: "" };
      const baseIsGone = outcome.outcome === "conflict" && outcome.base_is_gone;
      if (clashes.length > 0) this.#table.trouble.set(id, { kind: "conflict", clashes, baseIsGone, who, when, seen });
      else this.#table.trouble.delete(id);
      this.#clear(id, outcome.outcome === "saved" ? this.#sent.get(id) : undefined);
    } else if (outcome.outcome === "invalid") {
      // What was typed since goes next, and may be right.
      if (!this.#isAsSent(id)) return;
      this.#table.trouble.set(id, { kind: "invalid", problems: outcome.problems });
    } else if (outcome.outcome === "gone") {
      this.#table.trouble.set(id, { kind: "gone" });
    } else {
      this.#table.trouble.set(id, { kind: "refused", message: outcome.message });
    }
  }

  /** Whether nothing was typed into the row since it was sent. */
  #isAsSent(id: string): boolean {
    const [sent, typed] = [this.#sent.get(id), this.#table.typed.get(id)];
    return COLUMNS.every((column) => sent?.[column] === typed?.[column]);
  }

  /** Forgets what was typed and is saved, unless it was typed over meanwhile. */
  #clear(id: string, saved: Partial<Cells> | undefined): void {
    const typed = { ...this.#table.typed.get(id) };
    for (const column of COLUMNS) {
      const sent = saved?.[column];
      const same = typed[column] === this.#table.rows.get(id)?.cells[column];
      if (same || (sent !== undefined && typed[column] === sent)) delete typed[column];
    }
    if (Object.keys(typed).length === 0) this.#table.typed.delete(id);
    else this.#table.typed.set(id, typed);
  }

  async #order(): Promise<void> {
    this.#say("saving");
    this.#moved = false;
    const ids = this.#table.order.filter((id) => this.#table.rows.get(id)?.version !== null && !this.#isGone(id));
    try {
      for (const moved of await this.#world.wire.order(ids)) {
        const row = this.#table.rows.get(moved.id);
        if (!row) continue;
        row.state = moved.state;
        // A version in between is somebody else's: ours stays, and the server merges when it is saved.
        if (row.version !== null && moved.version === row.version + 1) row.version = moved.version;
        this.#world.changed([moved.id]);
      }
    } catch (error) {
      if (error instanceof Refused) this.#world.refused(error.message);
      else {
        this.#moved = true;
        throw error;
      }
    }
  }

  #isGone(id: string): boolean {
    return this.#table.trouble.get(id)?.kind === "gone";
  }

  #say(standing: Standing, ids: string[] = []): void {
    this.standing = standing;
    this.#world.changed(ids);
  }

  #keep(): void {
    if (this.held) return;
    const sent = (id: string): Partial<Cells> | undefined => this.#unanswered.get(id) ?? this.#sent.get(id);
    this.keeps = this.#world.keep(this.#table.kept().map((row) => ({ ...row, sent: sent(row.id) })));
  }
}
