// The palette: Ctrl+K, a few letters, Enter. The server finds items and pages;
// what the page itself offers is added here. A combobox with a list: the focus
// stays where one types, and goes back where it was.
import { announce } from "./announce.ts";
import { make } from "./make.ts";

/** The buttons and links of a page that are worth a word. */
const OFFERED = "main .page-head .actions :is(a, button), main .save-bar button";

/** Enter was pressed before what was typed had been looked up. */
let pressed = false;
/** What was typed has been looked up. */
let known = false;

const palette = (): HTMLDialogElement | null => document.querySelector<HTMLDialogElement>("#palette");
const input = (): HTMLInputElement | null => palette()?.querySelector("input") ?? null;
const options = (): HTMLElement[] => [...(palette()?.querySelectorAll<HTMLElement>("[role=option]:not([hidden])") ?? [])];
const chosen = (): HTMLElement | undefined => options().find((option) => option.getAttribute("aria-selected") === "true");

export function watchPalette(): void {
  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey;
    if (plain && target?.closest("[data-palette]") && openPalette()) event.preventDefault();
  });
  const dialog = palette();
  const field = input();
  if (!dialog || !field) return;
  field.addEventListener("input", () => {
    known = pressed = false;
    showHere(field.value);
    choose(field.value.trim() === "" ? undefined : options().find((option) => option.closest("#palette-here")));
  });
  field.addEventListener("keydown", onKey);
  document.addEventListener("htmx:after:swap", (event) => {
    if (event.detail.ctx.sourceElement !== field) return;
    known = dialog.querySelector<HTMLElement>("[data-typed]")?.dataset["typed"] === field.value.trim();
    if (!known) return;
    if (!chosen()) choose(field.value.trim() === "" ? undefined : options()[0]);
    announce(options().length === 1 ? "1 result" : `${options().length} results`);
    if (pressed) chosen()?.click();
    pressed = false;
  });
  dialog.addEventListener("click", (event) => {
    // A click beside it closes it; one on something that is chosen leads there.
    if (event.target === dialog || (event.target instanceof Element && event.target.closest("[role=option]"))) dialog.close();
  });
}

/** Whether it could be opened. */
export function openPalette(): boolean {
  const dialog = palette();
  const field = input();
  if (!dialog || !field || document.querySelector("dialog[open]")) return false;
  field.value = "";
  known = pressed = false;
  gatherHere();
  dialog.showModal();
  field.focus();
  field.dispatchEvent(new Event("open"));
  return true;
}

/** What the page offers, as it stands: what is not on it, nobody may do. */
function gatherHere(): void {
  const group = document.querySelector("#palette-here");
  group?.querySelectorAll("[role=option]").forEach((old) => old.remove());
  const offered = [...document.querySelectorAll<HTMLElement>(OFFERED)].filter((one) => one.checkVisibility() && !one.matches(":disabled, .visually-hidden"));
  offered.forEach((one, at) => {
    const option = make("div", { role: "option", id: `here-${at}`, "aria-selected": "false" }, one.textContent?.trim() ?? "");
    // When the dialog has given the focus back.
    option.addEventListener("click", () => setTimeout(() => one.click()));
    group?.append(option);
  });
  showHere("");
}

/** Those of them that have all the words. */
function showHere(typed: string): void {
  const group = document.querySelector<HTMLElement>("#palette-here");
  if (!group) return;
  const words = typed.toLowerCase().split(/\s+/);
  const all = [...group.querySelectorAll<HTMLElement>("[role=option]")];
  for (const option of all) {
    const parts = option.textContent?.toLowerCase().split(/\s+/) ?? [];
    option.hidden = !words.every((word) => parts.some((part) => part.startsWith(word)));
  }
  group.hidden = all.every((option) => option.hidden);
}

function choose(option: HTMLElement | undefined): void {
  // One that is hidden by now was chosen too.
  palette()?.querySelector("[aria-selected=true]")?.setAttribute("aria-selected", "false");
  option?.setAttribute("aria-selected", "true");
  option?.scrollIntoView({ block: "nearest" });
  if (option) input()?.setAttribute("aria-activedescendant", option.id);
  else input()?.removeAttribute("aria-activedescendant");
}

function onKey(event: KeyboardEvent): void {
  if (event.isComposing) return;
  const all = options();
  const at = all.findIndex((option) => option === chosen());
  if (event.key === "ArrowDown") choose(all[at + 1] ?? all[0]);
  else if (event.key === "ArrowUp") choose(all[at < 0 ? all.length - 1 : at - 1] ?? all.at(-1));
  else if (event.key === "Enter") {
    const option = chosen();
    if (option) option.click();
    else pressed = !known;
  } else return;
  event.preventDefault();
}
