// Which text areas have a live editor. Until somebody comes to write, or the
// browser has nothing else to do, the text stands there as the server shows
// it; only then is the editor, a large file, fetched.
import type { RichText } from "./rich/editor.ts";
import { markUnsaved, sentValue } from "./form.ts";

const editors = new Map<HTMLTextAreaElement, RichText>();

export function watchRichText(): void {
  document.addEventListener("focusin", (event) => {
    const area = areaOf(event.target);
    if (area) void mount(area).then((editor) => editor?.focus());
  });
  document.addEventListener("mousedown", (event) => {
    const { target, clientX, clientY } = event;
    const area = areaOf(target);
    if (!area || event.button !== 0) return;
    // The focus goes to where one has pressed, once there is an editor.
    event.preventDefault();
    void mount(area).then((editor) => editor?.focusAt(clientX, clientY));
  });
  document.addEventListener("click", (event) => {
    const { target } = event;
    if (!(target instanceof Element)) return;
    // A link in a text that can be written leads nowhere.
    if (areaOf(target)) event.preventDefault();
    const area = target.closest("label")?.control;
    if (area?.matches("textarea[data-rich]:enabled")) void mount(area as HTMLTextAreaElement).then((editor) => editor?.focus());
  });
  document.addEventListener("htmx:after:swap", whenIdle);
  whenIdle();
}

/** Where the focus goes for a text area that has an editor, or will have one. */
export function richFocus(area: Element): HTMLElement | null | undefined {
  return area.parentElement?.querySelector<HTMLElement>(".ProseMirror, [data-rich-still]");
}

function whenIdle(): void {
  for (const [area, editor] of editors) {
    if (area.isConnected) continue;
    editor.destroy();
    editors.delete(area);
  }
  const areas = document.querySelectorAll<HTMLTextAreaElement>("textarea[data-rich]:enabled");
  if (areas.length === 0) return;
  const mountAll = (): void => areas.forEach((area) => void mount(area));
  if ("requestIdleCallback" in window) window.requestIdleCallback(mountAll, { timeout: 2_000 });
  else setTimeout(mountAll, 300);
}

/** The text area whose text, as the server shows it, this is part of. */
function areaOf(target: EventTarget | null): HTMLTextAreaElement | null | undefined {
  const still = target instanceof Element ? target.closest("[data-rich-still]") : null;
  return still?.parentElement?.querySelector<HTMLTextAreaElement>("textarea[data-rich]:enabled");
}

async function mount(area: HTMLTextAreaElement): Promise<RichText | undefined> {
  const still = area.parentElement?.querySelector<HTMLElement>("[data-rich-still]");
  try {
    const { RichText } = await import("./rich/editor.ts");
    if (!editors.has(area) && area.isConnected) {
      const focused = still?.contains(document.activeElement);
      const editor = new RichText(area, () => markUnsaved(area));
      still?.remove();
      editors.set(area, editor);
      if (focused) editor.focus();
    }
    return editors.get(area);
  } catch {
    // Without the editor the text can be written as HTML.
    still?.remove();
    area.dataset["plain"] = "";
    return undefined;
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
  else if (answer.defaultValue !== area.value) editor.take(answer.defaultValue, answer);
  editor.describe(answer);
  return true;
}
