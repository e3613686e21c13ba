// A form that saves itself: when somebody has stopped typing, one request at a
// time. What is not answered is sent again as it was before anything newer, so
// that nobody clashes with themselves. It must not know the page.

/** How long after the last key it is saved, and at the latest while somebody goes on, in milliseconds. */
export const PAUSE = 3_000;
const LATEST = 20_000;
/** How long to wait before it is tried again, each time longer. */
const WAITS = [1_000, 2_000, 5_000, 10_000, 30_000];

/** A form as it stands. */
export interface Sent {
  body: string;
  /** What each field holds. */
  fields: Map<string, string>;
}

export type Answer =
  | { outcome: "saved"; version: number; fields: string[]; parts: string }
  /** As it stands it cannot be saved. */
  | { outcome: "wrong"; said: string }
  /** Not until somebody has looked. */
  | { outcome: "stopped"; said: string }
  | { outcome: "signed-out" }
  /** No answer, or none for now. */
  | { outcome: "lost"; said?: string };

export interface World {
  /** The form; none where nothing in it is unsaved that could be saved now. */
  read(): Sent | undefined;
  send(body: string): Promise<Answer>;
  /** Takes over what was saved. False where somebody meanwhile typed into what others have changed. */
  take(sent: Sent, answer: Answer & { outcome: "saved" }): boolean;
  say(standing: Exclude<Answer["outcome"], "saved"> | "saving", said?: string): void;
  /** Calls back later; gives what stops it. */
  later(deed: () => void, milliseconds: number): () => void;
  now(): number;
}

const BOTH = "Not saved: somebody else changed what you are writing. Save to see both sides.";

export class Autosave {
  readonly #world: World;
  #running: Promise<void> | undefined;
  #unanswered: Sent | undefined;
  /** What cannot be saved as it stands. */
  #wrong: string | undefined;
  #stopped = false;
  #tries = 0;
  #since: number | undefined;
  #cancel: (() => void) | undefined;
  /** Counts the forms that came from the server: an answer to an earlier one says nothing of this. */
  #form = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** Whether what is typed now will be saved without further ado. */
  get able(): boolean {
    const wrong = this.#wrong !== undefined && this.#wrong === this.#world.read()?.body;
    return !this.#stopped && this.#tries === 0 && !wrong;
  }

  get busy(): boolean {
    return this.#running !== undefined;
  }

  /** Something was typed. */
  touch(): void {
    const now = this.#world.now();
    this.#since ??= now;
    if (this.#tries === 0) this.#later(Math.max(0, Math.min(PAUSE, this.#since + LATEST - now)));
  }

  /** Saves what there is now; fulfilled when nothing more can be done for the moment. */
  async flush(): Promise<void> {
    this.#tries = 0;
    for (let before = ""; ; ) {
      await (this.#running ?? this.#run());
      const left = this.#world.read();
      if (!left || left.body === before || !this.able) return;
      before = left.body;
    }
  }

  /** Fulfilled when it is known what came of what was sent; none where nothing was. */
  settle(): Promise<void> | undefined {
    return this.#unanswered ? this.#run() : this.#running;
  }

  /** Another form has come from the server. */
  reset(): void {
    this.#form += 1;
    this.#cancel?.();
    this.#unanswered = this.#wrong = this.#since = undefined;
    this.#stopped = false;
    this.#tries = 0;
    if (this.#world.read()) this.touch();
  }

  #later(milliseconds: number): void {
    this.#cancel?.();
    this.#cancel = this.#world.later(() => void this.#run(), milliseconds);
  }

  #run(): Promise<void> {
    this.#cancel?.();
    this.#running ??= this.#save().finally(() => (this.#running = undefined));
    return this.#running;
  }

  async #save(): Promise<void> {
    while (!this.#stopped) {
      const again = this.#unanswered !== undefined;
      const sent = this.#unanswered ?? this.#world.read();
      if (!sent || sent.body === this.#wrong) return;
      const form = this.#form;
      this.#since = undefined;
      this.#world.say("saving");
      const answer = await this.#world.send(sent.body);
      if (form !== this.#form) return;
      if (answer.outcome === "lost" || answer.outcome === "signed-out") {
        this.#unanswered = sent;
        this.#later(WAITS[Math.min(this.#tries, WAITS.length - 1)] ?? 30_000);
        this.#tries += 1;
        this.#world.say(answer.outcome, "said" in answer ? answer.said : undefined);
        return;
      }
      this.#unanswered = undefined;
      this.#tries = 0;
      if (answer.outcome === "saved") {
        if (!this.#world.take(sent, answer)) this.#stop(BOTH);
      } else if (answer.outcome === "stopped") {
        this.#stop(answer.said);
      } else {
        this.#wrong = sent.body;
        this.#world.say("wrong", answer.said);
      }
      // What was typed meanwhile waits for a pause as everything does.
      if (again) continue;
      if (this.#world.read() && !this.#stopped) this.touch();
      return;
    }
  }

  #stop(said: string): void {
    this.#stopped = true;
    this.#world.say("stopped", said);
  }
}
