// The grid's requests. It must not decide what is sent, nor say what came of it.
import { Lost, type Outcome, Refused, type Saved, SignedOut, type Wire } from "./sync.ts";
import type { Kept } from "./table.ts";

export interface Checked {
  id: string;
  title: string;
  state: string;
  missing: string[];
}

export interface Removed {
  id: string;
  outcome: "trashed" | "unlinked" | "refused";
  message?: string;
}

export interface Name {
  name: string;
  person: string;
  place: string;
}

/** How long an answer may take before the connection counts as lost, in milliseconds. */
const PATIENCE = 30_000;

export class Requests implements Wire {
  readonly #base: string;

  /** `base` is the address of the project's outputs. */
  constructor(base: string) {
    this.#base = base;
  }

  save(rows: Kept[]): Promise<Outcome[]> {
    return this.#post("save", { rows });
  }

  order(ids: string[]): Promise<Saved[]> {
    return this.#post("order", { ids });
  }

  remove(ids: string[]): Promise<Removed[]> {
    return this.#post("remove", { ids });
  }

  restore(ids: string[]): Promise<Saved[]> {
    return this.#post("restore", { ids });
  }

  check(ids: string[]): Promise<Checked[]> {
    return this.#post("check", { ids });
  }

  publish(ids: string[]): Promise<Saved[]> {
    return this.#post("publish", { ids });
  }

  /** Names that fit; none where the server cannot say. */
  async names(typed: string, signal: AbortSignal): Promise<Name[]> {
    try {
      const address = `${this.#base}/people?q=${encodeURIComponent(typed)}`;
      const answer = await fetch(address, { signal, headers: { Accept: "application/json" } });
      return answer.ok ? ((await answer.json()) as Name[]) : [];
    } catch {
      return [];
    }
  }

  async #post<Answer>(verb: string, body: unknown): Promise<Answer> {
    let answer: Response;
    try {
      answer = await fetch(`${this.#base}/${verb}`, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json" },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(PATIENCE),
      });
    } catch {
      throw new Lost();
    }
    if (answer.ok) return (await answer.json()) as Answer;
    if (answer.status === 401) throw new SignedOut();
    if (answer.status >= 500 || answer.status === 429) throw new Lost();
    const said = (await answer.json().catch(() => ({}))) as { error?: string };
    throw new Refused(said.error ?? "The server did not take this.");
  }
}
