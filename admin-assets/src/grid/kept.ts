// What is not saved yet, beside the page: one entry of the browser's storage
// for each page that is open, so that two tabs never write over each other. A
// lock says that the page lives; what a page without one left is taken over.
import type { Kept } from "./table.ts";

export class Keeper {
  readonly #prefix: string;
  readonly #key: string;

  /** `name` tells the project and the user. */
  constructor(name: string) {
    this.#prefix = `recto.outputs ${name} `;
    this.#key = this.#prefix + crypto.getRandomValues(new Uint32Array(2)).join("-");
    // Held until the page goes.
    void navigator.locks?.request(this.#key, () => new Promise(() => {})).catch(() => {});
  }

  /** Keeps these rows instead of the earlier ones. False where the browser does not. */
  keep(rows: Kept[]): boolean {
    try {
      if (rows.length === 0) localStorage.removeItem(this.#key);
      else localStorage.setItem(this.#key, JSON.stringify(rows));
      return true;
    } catch {
      return rows.length === 0;
    }
  }

  /** What pages left that are gone; theirs no longer. */
  async takeOver(): Promise<Kept[]> {
    const found: Kept[] = [];
    const take = (key: string): void => {
      found.push(...parse(localStorage.getItem(key)));
      localStorage.removeItem(key);
    };
    try {
      const keys = Object.keys(localStorage).filter((key) => key.startsWith(this.#prefix) && key !== this.#key);
      for (const key of keys) {
        if (!navigator.locks) take(key);
        else await navigator.locks.request(key, { ifAvailable: true }, (lock) => (lock ? take(key) : undefined));
      }
    } catch {
      // A browser that keeps nothing has nothing to give.
    }
    return found;
  }
}

function parse(text: string | null): Kept[] {
  try {
    const rows: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(rows) ? rows.filter((row: Kept) => typeof row?.id === "string" && typeof row.cells === "object") : [];
  } catch {
    return [];
  }
}
