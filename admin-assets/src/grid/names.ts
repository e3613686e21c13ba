// Names offered for the lead academic while one types: those of the table
// first, then those that the server knows. A combobox; the text may be anything.
import type { Name } from "./wire.ts";
import { make } from "../make.ts";

export interface Suggest {
  /** Names that stand in the table already. */
  near(typed: string): string[];
  far(typed: string, signal: AbortSignal): Promise<Name[]>;
}

interface Offer {
  name: string;
  second: string;
}

/** How long a pause in typing is before the server is asked, in milliseconds. */
const PAUSE = 150;
const MOST = 8;

export class Names {
  readonly #input: HTMLInputElement;
  readonly #list: HTMLUListElement;
  readonly #suggest: Suggest;
  #offers: Offer[] = [];
  #at = -1;
  #asked: AbortController | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(input: HTMLInputElement, box: HTMLElement, suggest: Suggest) {
    this.#input = input;
    this.#suggest = suggest;
    this.#list = make("ul", { role: "listbox", id: "grid-names", class: "names", "aria-label": "Names" });
    this.#list.hidden = true;
    for (const [name, value] of [
      ["role", "combobox"],
      ["aria-autocomplete", "list"],
      ["aria-controls", "grid-names"],
      ["aria-expanded", "false"],
    ] as const) {
      input.setAttribute(name, value);
    }
    box.append(this.#list);
    input.addEventListener("input", () => this.#look());
    this.#list.addEventListener("pointerdown", (event) => {
      const item = event.target instanceof Element ? event.target.closest("li") : null;
      if (!item) return;
      // Not the focus: the input keeps it.
      event.preventDefault();
      this.#choose([...this.#list.children].indexOf(item));
    });
  }

  /** Takes the keys of an open list. */
  key(event: KeyboardEvent): boolean {
    if (this.#list.hidden) return false;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const count = this.#offers.length;
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.#point(this.#at < 0 && step < 0 ? count - 1 : (this.#at + step + count) % count);
      event.preventDefault();
      return true;
    }
    // The name that is pointed at is taken; what the key does beyond that is not for the list.
    if ((event.key === "Enter" || event.key === "Tab") && this.#at >= 0) this.#choose(this.#at);
    return false;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#asked?.abort();
    this.#list.remove();
  }

  #look(): void {
    clearTimeout(this.#timer);
    this.#asked?.abort();
    const typed = this.#input.value.trim();
    if (typed === "") {
      this.#show([]);
      return;
    }
    const near = this.#suggest.near(typed).map((name) => ({ name, second: "" }));
    this.#show(near);
    const asked = new AbortController();
    this.#asked = asked;
    this.#timer = setTimeout(() => {
      void this.#suggest.far(typed, asked.signal).then((far) => {
        if (asked.signal.aborted) return;
        const offers = far.map(({ name, person, place }) => ({ name, second: [person, place].filter(Boolean).join(", ") }));
        const known = new Set(offers.map((offer) => offer.name));
        this.#show([...offers, ...near.filter((offer) => !known.has(offer.name))]);
      });
    }, PAUSE);
  }

  #show(offers: Offer[]): void {
    this.#offers = offers.filter((offer) => offer.name !== this.#input.value.trim()).slice(0, MOST);
    this.#list.replaceChildren(
      ...this.#offers.map(({ name, second }, at) => {
        const item = make("li", { role: "option", id: `grid-name-${at}`, "aria-selected": "false" }, make("b", {}, name));
        if (second) item.append(" ", make("span", {}, second));
        return item;
      }),
    );
    this.#list.hidden = this.#offers.length === 0;
    this.#input.setAttribute("aria-expanded", String(!this.#list.hidden));
    this.#point(-1);
  }

  #point(at: number): void {
    this.#at = at;
    for (const [one, item] of [...this.#list.children].entries()) item.setAttribute("aria-selected", String(one === at));
    if (at < 0) this.#input.removeAttribute("aria-activedescendant");
    else this.#input.setAttribute("aria-activedescendant", `grid-name-${at}`);
  }

  #choose(at: number): void {
    const offer = this.#offers[at];
    if (!offer) return;
    this.#input.value = offer.name;
    this.#show([]);
  }
}
