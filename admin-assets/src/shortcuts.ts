// Ctrl+S (or Cmd+S) saves, Enter in a title too; / goes to the search.
import { itemForm } from "./form.ts";

export function watchShortcuts(): void {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const saves = (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "s";
    // A title is a line, whatever its control is: Enter does there what it does in other lines.
    const entered = event.key === "Enter" && event.target instanceof Element && event.target.matches("textarea.title-input");
    if (saves || entered) {
      const form = itemForm();
      const save = form?.querySelector<HTMLButtonElement>('button[name="do"][value="save"]');
      if (!form || !save) return;
      event.preventDefault();
      form.requestSubmit(save);
    } else if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !inField(document.activeElement)) {
      const search = document.querySelector<HTMLInputElement>(".top .search input");
      if (!search) return;
      event.preventDefault();
      search.select();
      search.focus();
    }
  });
}

function inField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || target.closest("input, textarea, select") !== null)
  );
}
