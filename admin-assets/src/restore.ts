// Text that a page has left which is gone: told, shown, put back or discarded.
// Nothing is saved by that, and nothing newer is written over: the server
// merges it with what others have saved since.
import { announce } from "./announce.ts";
import { type Typed, byField, fieldsNow, leaveTyped, saveNow } from "./drafts.ts";
import { htmx } from "./htmx.ts";
import { type Keeper, type Left, drop } from "./kept.ts";
import { make } from "./make.ts";

let offered: HTMLElement | undefined;
let told = "";

/** Offers the newest text that was left of this form and is not what stands in it. */
export async function offerKept(form: HTMLFormElement, keeper: Keeper<Typed>): Promise<void> {
  const now = fieldsNow(form);
  let found: [Left<Typed>, string[], Map<string, string>] | undefined;
  for (const left of await keeper.left()) {
    const kept = byField(new URLSearchParams(left.value.body));
    const names = left.value.names.filter((name) => kept.get(name) !== now.get(name));
    // It has arrived after all.
    if (names.length === 0) drop(left.key);
    else found ??= [left, names, kept];
  }
  offered?.remove();
  offered = undefined;
  if (!found || !form.isConnected) return;
  offered = offer(form, ...found, () => void offerKept(form, keeper));
  form.before(offered);
  if (told !== found[0].key) announce(offered.querySelector("p")?.textContent ?? "");
  told = found[0].key;
}

function offer(form: HTMLFormElement, left: Left<Typed>, names: string[], kept: Map<string, string>, next: () => void): HTMLElement {
  const labels = names.map((name) => labelOf(form, name));
  const what = make("p", {}, `There is text from ${time(left.at)} that was not saved: ${labels.join(", ")}.`);
  const list = make("dl", {});
  for (const [at, name] of names.entries()) list.append(make("dt", {}, labels[at] ?? ""), make("dd", {}, readable(form, name, kept.get(name) ?? "")));
  const see = make("details", {}, make("summary", {}, "See it"), list);

  // Asked as the form itself asks, so that the answer comes into the page in the same way.
  const action = form.getAttribute("action") ?? "";
  const ask = make("form", { hidden: "", method: "post", action, "hx-post": action, "hx-target": "#main", "hx-select": "#main", "hx-swap": "outerMorph" });
  for (const [name, value] of new URLSearchParams(left.value.body)) ask.append(make("input", { type: "hidden", name, value }));
  ask.append(make("input", { type: "hidden", name: "do", value: "restore" }));
  // Outside of what the answer takes the place of.
  ask.addEventListener("htmx:after:swap", () => setTimeout(() => drop(left.key)));
  ask.addEventListener("htmx:finally:request", () => ask.remove());
  const restore = make("button", { type: "button", class: "button" }, "Restore");
  restore.addEventListener("click", () => {
    restore.disabled = true;
    // What stands in the form is somebody's text too.
    void saveNow().then(() => {
      leaveTyped();
      document.body.append(ask);
      htmx.process(ask);
      ask.requestSubmit();
      restore.disabled = false;
    });
  });
  const discard = make("button", { type: "button", class: "text-button" }, "Discard");
  discard.addEventListener("click", () => {
    drop(left.key);
    announce("Discarded");
    form.querySelector<HTMLElement>("input:not([type=hidden]), textarea, select")?.focus();
    next();
  });
  const section = make("section", { class: "flash flash-warning kept", "aria-label": "Text that was not saved" });
  section.append(make("div", {}, what, see), make("div", { class: "actions" }, restore, discard));
  return section;
}

function labelOf(form: HTMLFormElement, name: string): string {
  return form.querySelector<HTMLElement>(`[data-field="${CSS.escape(name)}"]`)?.dataset["label"] ?? name;
}

/** What a field held, as text. Of links only what was typed beside them can be read. */
function readable(form: HTMLFormElement, name: string, pairs: string): string {
  const values = pairs.split(/\n(?=[\w.]+=)/).map((pair) => pair.slice(pair.indexOf("=") + 1).trim());
  const control = form.elements.namedItem(name);
  const texts = values.map((value) => {
    if (control instanceof HTMLSelectElement) return [...control.options].find((option) => option.value === value)?.text ?? value;
    if (control instanceof HTMLTextAreaElement && control.matches("[data-rich]")) return plain(value);
    return /^[\da-f]{8}-[\da-f-]{27}$|^\d+$/.test(value) && !control ? "" : value;
  });
  return texts.filter(Boolean).join(", ") || (control ? "Nothing" : "Changed");
}

/** A rich text's words. */
function plain(html: string): string {
  const { body } = new DOMParser().parseFromString(html, "text/html");
  return [...body.querySelectorAll("p, h2, h3, h4, li, td, th, figcaption")].map((block) => block.textContent?.trim()).join("\n");
}

/** '10:42', or the day too where it was another. */
function time(at: number): string {
  const [then, today] = [new Date(at), new Date()];
  const day = then.toDateString() === today.toDateString() ? {} : ({ day: "numeric", month: "long" } as const);
  return new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", ...day }).format(then);
}
