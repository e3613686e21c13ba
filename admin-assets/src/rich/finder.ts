// Choosing an item as one types: a combobox over what the server finds
// (WAI-ARIA Authoring Practices, 'Combobox'). What else may be chosen, an
// address that was typed for one, the caller offers.
import { announce } from "../announce.ts";
import { make } from "../make.ts";
import { type Item, find } from "./items.ts";

export interface Choice {
  title: string;
  second: string;
  /** Drafts are marked: readers cannot see them yet. */
  draft: boolean;
  item?: Item;
  href?: string;
}

interface Options {
  label: string;
  help: string;
  /** Only images of the library; the newest where nothing is typed. */
  images: boolean;
  /** What is offered before what the server finds. */
  own(typed: string): Choice[];
  chosen(choice: Choice): void;
}

/** How long a pause in typing is before the server is asked, in milliseconds. */
const PAUSE = 150;

export class Finder {
  readonly element: HTMLElement;
  readonly input: HTMLInputElement;
  readonly #list: HTMLElement;
  readonly #note: HTMLElement;
  readonly #options: Options;
  #choices: Choice[] = [];
  #at = -1;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked: AbortController | undefined;

  constructor(options: Options) {
    this.#options = options;
    this.input = make("input", {
      id: "rich-find", type: "text", role: "combobox", autocomplete: "off", spellcheck: "false", maxlength: "2000",
      "aria-autocomplete": "list", "aria-controls": "rich-found", "aria-expanded": "false", "aria-describedby": "rich-find-help",
    });
    this.#list = make("ul", { role: "listbox", id: "rich-found", class: "rich-found", "aria-label": "Results" });
    this.#list.hidden = true;
    this.#note = make("p", { class: "help" });
    this.element = make("div", { class: "field" },
      make("label", { for: "rich-find" }, options.label),
      make("p", { class: "help", id: "rich-find-help" }, options.help),
      this.input, this.#list, this.#note,
    );
    this.input.addEventListener("input", () => this.#look());
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.#list.addEventListener("pointerdown", (event) => {
      // Not the focus: the input keeps it.
      event.preventDefault();
    });
    this.#list.addEventListener("click", (event) => {
      const item = event.target instanceof Element ? event.target.closest("li") : null;
      if (item) this.#choose([...this.#list.children].indexOf(item));
    });
  }

  /** Begins anew with this text. */
  open(text: string): void {
    this.input.value = text;
    this.#note.textContent = "";
    this.#show([]);
    this.input.focus();
    this.input.select();
    if (this.#options.images) this.#ask("", new AbortController());
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#asked?.abort();
  }

  #look(): void {
    this.close();
    const typed = this.input.value.trim();
    this.#note.textContent = "";
    const own = this.#options.own(typed);
    this.#show(own);
    if (typed === "" && !this.#options.images) return;
    const asked = new AbortController();
    this.#asked = asked;
    this.#timer = setTimeout(() => this.#ask(typed, asked), PAUSE);
  }

  #ask(typed: string, asked: AbortController): void {
    this.#asked = asked;
    void find(typed, this.#options.images, asked.signal).then((found) => {
      if (asked.signal.aborted) return;
      if (!found) {
        this.#note.textContent = "The search cannot be reached. Try again in a moment.";
        announce(this.#note.textContent);
        return;
      }
      const own = this.#options.own(typed);
      const items = found.map((item) => ({
        title: item.title,
        second: [this.#options.images ? "" : item.label, item.second].filter(Boolean).join(", "),
        draft: item.state === "draft",
        item,
      }));
      // What an address leads to follows it when it moves; the address does not.
      const address = /^(?:\/|https?:)/.test(typed);
      this.#show(address ? [...items, ...own] : [...own, ...items]);
      const count = this.#choices.length;
      const none = this.#options.images ? "No image of that name in the library." : "Nothing of that name.";
      this.#note.textContent = count === 0 ? none : "";
      announce(count === 0 ? none : count === 1 ? "1 result" : `${count} results`);
    });
  }

  #show(choices: Choice[]): void {
    this.#choices = choices;
    this.#list.replaceChildren(
      ...choices.map(({ title, second, draft, item }, at) => {
        const words = make("span", {}, make("b", {}, title));
        if (second) words.append(" ", make("span", { class: "second" }, second));
        const option = make("li", { role: "option", id: `rich-found-${at}`, "aria-selected": "false" });
        if (item?.thumbnail) option.append(make("img", { src: item.thumbnail, alt: "", class: item.crop ?? "" }));
        option.append(words);
        if (draft) option.append(" ", make("span", { class: "state state-draft" }, "Draft"));
        return option;
      }),
    );
    this.#list.hidden = choices.length === 0;
    this.input.setAttribute("aria-expanded", String(choices.length > 0));
    this.#point(-1);
  }

  #point(at: number): void {
    this.#at = at;
    for (const [one, item] of [...this.#list.children].entries()) {
      item.setAttribute("aria-selected", String(one === at));
      if (one === at) item.scrollIntoView({ block: "nearest" });
    }
    if (at < 0) this.input.removeAttribute("aria-activedescendant");
    else this.input.setAttribute("aria-activedescendant", `rich-found-${at}`);
  }

  #key(event: KeyboardEvent): void {
    if (event.isComposing) return;
    const count = this.#choices.length;
    if (event.key === "ArrowDown" && count > 0) this.#point((this.#at + 1) % count);
    else if (event.key === "ArrowUp" && count > 0) this.#point(this.#at <= 0 ? count - 1 : this.#at - 1);
    else if (event.key === "Enter") this.#choose(Math.max(0, this.#at));
    else return;
    event.preventDefault();
  }

  #choose(at: number): void {
    const choice = this.#choices[at];
    if (choice) this.#options.chosen(choice);
  }
}
