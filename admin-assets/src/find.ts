// Finding an item to link to: results as you type, arrows to reach them,
// Enter to add, Escape to close. Without this the 'Find' button does it.
import { announce } from "./announce.ts";

export function watchFinders(): void {
  document.addEventListener("keydown", onKey);
  document.addEventListener("input", (event) => {
    const input = event.target;
    if (input instanceof HTMLInputElement && input.matches("[data-find]") && input.value.trim() === "") {
      found(input)?.replaceChildren();
    }
  });
  // The field's own name is `team.find`; the search wants `q`.
  document.addEventListener("htmx:config:request", (event) => {
    const { sourceElement, request } = event.detail.ctx;
    if (!(sourceElement instanceof HTMLInputElement) || !sourceElement.matches("[data-find]")) return;
    if (sourceElement.value.trim() === "") {
      event.preventDefault();
      return;
    }
    if (request.body instanceof FormData) {
      request.body.delete(sourceElement.name);
      request.body.set("q", sourceElement.value.trim());
    }
  });
  // Results that come when something was chosen already, or the field was emptied, are nobody's.
  document.addEventListener("htmx:before:swap", (event) => {
    const source = event.detail.ctx.sourceElement;
    if (!(source instanceof HTMLInputElement) || !source.matches("[data-find]")) return;
    if (!source.isConnected || source.value.trim() === "") event.preventDefault();
  });
  document.addEventListener("htmx:after:swap", (event) => {
    const source = event.detail.ctx.sourceElement;
    if (!(source instanceof HTMLInputElement) || !source.matches("[data-find]")) return;
    const count = buttons(source).filter((button) => button.value.startsWith("add:")).length;
    announce(count === 1 ? "1 result" : `${count === 0 ? "No" : count} results`);
  });
}

function found(input: HTMLElement): HTMLElement | null {
  return input.closest(".finder")?.querySelector<HTMLElement>(".found") ?? null;
}

function buttons(input: HTMLElement): HTMLButtonElement[] {
  return [...(found(input)?.querySelectorAll<HTMLButtonElement>("button") ?? [])];
}

function onKey(event: KeyboardEvent): void {
  const target = event.target;
  if (!(target instanceof HTMLElement) || event.isComposing) return;
  const finder = target.closest<HTMLElement>(".finder");
  const input = finder?.querySelector<HTMLInputElement>("[data-find]");
  if (!finder || !input) return;
  const choices = buttons(input);
  const at = choices.indexOf(target as HTMLButtonElement);

  if (event.key === "Escape" && choices.length > 0) {
    found(input)?.replaceChildren();
    input.focus();
  } else if (event.key === "ArrowDown" && (target === input || at >= 0) && choices.length > 0) {
    choices[Math.min(at + 1, choices.length - 1)]?.focus();
  } else if (event.key === "ArrowUp" && at >= 0) {
    (choices[at - 1] ?? input).focus();
  } else if (event.key === "Enter" && target === input) {
    // Never save from here: look at the results, or ask for them.
    if (choices.length > 0) choices[0]?.focus();
    else finder.querySelector<HTMLButtonElement>('button[value^="find:"]')?.click();
  } else {
    return;
  }
  event.preventDefault();
}
