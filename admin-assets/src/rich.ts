// Which text areas have a live editor. The editor itself is a large file and
// is fetched only by pages that have a text area for it.
import type { RichText } from "./editor.ts";
import { markUnsaved, sentValue } from "./form.ts";

const editors = new Map<HTMLTextAreaElement, RichText>();

export function watchRichText(): void {
  void mountAll();
  document.addEventListener("htmx:after:swap", () => void mountAll());
}

async function mountAll(): Promise<void> {
  for (const [area, editor] of editors) {
    if (area.isConnected) continue;
    editor.destroy();
    editors.delete(area);
  }
  const areas = document.querySelectorAll<HTMLTextAreaElement>("textarea[data-rich]");
  if (areas.length === 0) return;
  const { RichText } = await import("./editor.ts");
  for (const area of areas) {
    if (!editors.has(area) && area.isConnected) editors.set(area, new RichText(area, () => markUnsaved(area)));
  }
}

/** Called for each element that is about to be morphed: true leaves it alone. */
export function richTextHolds(old: HTMLElement, fresh: HTMLElement): boolean {
  if (!("richHost" in old.dataset)) return false;
  const area = old.querySelector<HTMLTextAreaElement>("textarea[data-rich]");
  const answer = fresh.querySelector<HTMLTextAreaElement>("textarea[data-rich]");
  const editor = area ? editors.get(area) : undefined;
  if (!area || !answer || !editor || area.name !== answer.name) return false;
  const asked = sentValue(area);
  const typedMeanwhile = asked !== undefined && area.value !== asked;
  if (typedMeanwhile) queueMicrotask(() => markUnsaved(area));
  else if (answer.defaultValue !== area.value) editor.take(answer.defaultValue);
  editor.describe(answer);
  return true;
}
