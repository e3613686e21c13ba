// What is not saved yet, beside the page: one entry of the browser's storage
// for each page that is open, so that two tabs never write over each other. A
// lock says that the page lives; what a page without one left can be taken
// over. Entries go when they are saved, when their account signs out, and after
// a week.

const PREFIX = "recto.kept ";
/** How long an entry is kept, in milliseconds, and how many are. */
const LONGEST = 7 * 24 * 3_600_000;
const MOST = 30;
/** The longest entry, in characters: the browser has room for about five million in all. */
const LARGEST = 1_000_000;

/** What a page has left that is gone. */
export interface Left<Value> {
  key: string;
  at: number;
  value: Value;
}

let signingOut: string | undefined;

export function watchKept(): void {
  tidy();
  document.addEventListener("submit", ({ target }) => {
    if (target instanceof HTMLFormElement) signingOut = target.dataset["account"];
  });
  // Whoever goes on working has stayed.
  for (const type of ["pointerdown", "keydown"]) document.addEventListener(type, () => (signingOut = undefined), { capture: true });
  window.addEventListener("pagehide", () => {
    if (signingOut !== undefined) keys(`${PREFIX}${signingOut} `).forEach(drop);
  });
}

/** Whether somebody is about to sign out, and with them goes what is kept. */
export function isSigningOut(): boolean {
  return signingOut !== undefined;
}

export function drop(key: string): void {
  try {
    localStorage.removeItem(key);
  } catch {
    // A browser that keeps nothing has nothing to forget.
  }
}

export class Keeper<Value> {
  readonly #prefix: string;
  readonly #key: string;
  readonly #read: (stored: unknown) => Value | undefined;

  /** `account` and `name` tell whose it is and what it is of; `read` says what is an entry. */
  constructor(account: string, name: string, read: (stored: unknown) => Value | undefined) {
    this.#prefix = `${PREFIX}${account} ${name} `;
    this.#key = this.#newKey();
    this.#read = read;
    // Held until the page goes.
    void navigator.locks?.request(this.#key, () => new Promise(() => {})).catch(() => {});
  }

  /** Keeps this instead of what it kept, or nothing. False where the browser does not. */
  keep(value: Value | undefined): boolean {
    if (value === undefined) {
      drop(this.#key);
      return true;
    }
    return !isSigningOut() && put(this.#key, value);
  }

  /** Keeps this as if its page had gone. */
  leave(value: Value): boolean {
    return put(this.#newKey(), value);
  }

  /** What pages left that are gone, newest first. */
  left(): Promise<Left<Value>[]> {
    return this.#visit(() => {});
  }

  /** The same, and theirs no longer. */
  async takeOver(): Promise<Value[]> {
    return (await this.#visit(drop)).map(({ value }) => value);
  }

  /** Looks at what pages left that are gone, while no other page can. */
  async #visit(deed: (key: string) => void): Promise<Left<Value>[]> {
    const found: Left<Value>[] = [];
    const look = (key: string): void => {
      const left = this.#parse(key);
      if (left) found.push(left);
      deed(key);
    };
    try {
      for (const key of keys(this.#prefix)) {
        if (key === this.#key) continue;
        if (!navigator.locks) look(key);
        else await navigator.locks.request(key, { ifAvailable: true }, (lock) => (lock ? look(key) : undefined));
      }
    } catch {
      // A browser that keeps nothing has nothing to give.
    }
    return found.sort((one, other) => other.at - one.at);
  }

  #newKey(): string {
    return this.#prefix + crypto.getRandomValues(new Uint32Array(2)).join("-");
  }

  #parse(key: string): Left<Value> | undefined {
    const entry = parse(key);
    const value = this.#read(entry?.value);
    return entry && value !== undefined ? { key, at: entry.at, value } : undefined;
  }
}

function put(key: string, value: unknown): boolean {
  const text = JSON.stringify({ at: Date.now(), value });
  try {
    if (text.length > LARGEST) throw new RangeError("too long");
    localStorage.setItem(key, text);
    return true;
  } catch {
    // Better nothing than what is out of date.
    drop(key);
    return false;
  }
}

function parse(key: string): { at: number; value: unknown } | undefined {
  try {
    const entry: unknown = JSON.parse(localStorage.getItem(key) ?? "null");
    if (typeof entry !== "object" || entry === null || !("at" in entry) || !("value" in entry)) return undefined;
    return typeof entry.at === "number" ? { at: entry.at, value: entry.value } : undefined;
  } catch {
    return undefined;
  }
}

function keys(prefix: string): string[] {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(prefix));
  } catch {
    return [];
  }
}

/** Forgets what nobody came back for. */
function tidy(): void {
  const at = new Map(keys(PREFIX).map((key) => [key, parse(key)?.at ?? 0]));
  const newest = [...at.keys()].sort((one, other) => (at.get(other) ?? 0) - (at.get(one) ?? 0));
  newest.filter((key, place) => place >= MOST || Date.now() - (at.get(key) ?? 0) > LONGEST).forEach(drop);
}
