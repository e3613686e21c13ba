// What was done in the grid, to be undone and done again. It must not do it.
import type { Column } from "./table.ts";

export interface Change {
  id: string;
  column: Column;
  before: string;
  after: string;
}

export type Step =
  /** Cells were changed; `made` are rows that began with it. */
  | { kind: "cells"; name: string; changes: Change[]; made: string[] }
  | { kind: "order"; name: string; before: string[]; after: string[] }
  /** Rows were taken out; `before` is the order that they stood in. */
  | { kind: "removed"; name: string; ids: string[]; before: string[] };

/** More than anybody goes back. */
const MOST = 500;

export class Steps {
  #done: Step[] = [];
  #undone: Step[] = [];

  add(step: Step): void {
    this.#done.push(step);
    if (this.#done.length > MOST) this.#done.shift();
    this.#undone = [];
  }

  undo(): Step | undefined {
    const step = this.#done.pop();
    if (step) this.#undone.push(step);
    return step;
  }

  redo(): Step | undefined {
    const step = this.#undone.pop();
    if (step) this.#done.push(step);
    return step;
  }

  get canUndo(): boolean {
    return this.#done.length > 0;
  }

  get canRedo(): boolean {
    return this.#undone.length > 0;
  }
}
