// Grows the outputs grid out of the server's table, and keeps it in step with
// the form around it. The grid itself is a file of its own, fetched only by
// pages that have such a table.
import { itemForm, markUnsavedField } from "../form.ts";
import { isSigningOut } from "../kept.ts";
import type { Grid } from "./grid.ts";

/** How long the form waits for the grid to save, in milliseconds. */
const PATIENCE = 5_000;

let grid: Grid | undefined;
let waiting = false;

export function watchGrid(): void {
  void mount();
  document.addEventListener("htmx:after:swap", () => void mount());
  document.addEventListener("submit", beforeForm, { capture: true });
  for (const type of ["online", "focus"]) window.addEventListener(type, () => grid?.sync.wake());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") grid?.sync.wake();
    else grid?.finish(true, false);
  });
  window.addEventListener("pagehide", () => grid?.finish(true, false));
  window.addEventListener("beforeunload", (event) => {
    grid?.finish(true, false);
    // What the browser keeps is not lost; it forgets it for whoever signs out.
    if (grid && !grid.held && grid.sync.open && (!grid.sync.keeps || isSigningOut())) event.preventDefault();
  });
}

async function mount(): Promise<void> {
  const section = document.querySelector<HTMLElement>("[data-grid]");
  if (grid && grid.section !== section) {
    grid.destroy();
    grid = undefined;
  }
  if (!section || grid) return;
  const file = await import("./grow.ts").catch(() => undefined);
  if (!section.isConnected || grid) return;
  if (file) grid = file.grow(section, () => markUnsavedField("outputs"));
  else showPlain(section);
}

/** The table as the form that it is without scripts, where the grid could not be fetched. */
function showPlain(section: HTMLElement): void {
  for (const plain of section.querySelectorAll("noscript")) plain.outerHTML = plain.innerHTML;
}

/** Called for each element that is about to be morphed: true leaves it to the grid. */
export function gridHolds(old: HTMLElement, fresh: HTMLElement): boolean {
  if (!grid || old !== grid.section) return false;
  const same = old.dataset["grid"] === fresh.dataset["grid"] && old.dataset["may"] === fresh.dataset["may"];
  if (same && "held" in old.dataset === "held" in fresh.dataset) {
    grid.take(fresh);
    return true;
  }
  grid.destroy();
  grid = undefined;
  return false;
}

/** The rows of a project that is not saved yet, as the form sends them. */
export function heldRows(): [string, string][] {
  if (!grid?.held) return [];
  return [...grid.inputs().querySelectorAll("input")].map(({ name, value }) => [name, value]);
}

/** Fulfilled when what stands in the grid is saved, or takes too long: then this browser keeps it. */
export async function gridSaved(): Promise<void> {
  grid?.finish(true, false);
  if (!grid?.sync.open) return;
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  await Promise.race([grid.sync.pump(), late]);
}

/** What stands in the grid goes before the form, or with it. */
function beforeForm(event: SubmitEvent): void {
  const form = event.target;
  if (!grid || !(form instanceof HTMLFormElement) || form !== itemForm()) return;
  grid.finish(true, false);
  if (grid.held) {
    form.querySelector("[data-held-rows]")?.remove();
    const inputs = grid.inputs();
    inputs.dataset["heldRows"] = "";
    grid.section.append(inputs);
  } else if (!waiting && grid.sync.open) {
    event.preventDefault();
    event.stopImmediatePropagation();
    waiting = true;
    const { submitter } = event;
    void gridSaved().then(() => {
      form.requestSubmit(submitter instanceof HTMLButtonElement && submitter.isConnected ? submitter : null);
      waiting = false;
    });
  }
}
