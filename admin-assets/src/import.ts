// Hands over what was pasted: rows of a table or a bibliography go to the
// import's preview as they are; the server reads them.
import { isMany } from "./grid/clip.ts";
import { gridSaved } from "./grid/live.ts";

export function watchImport(): void {
  document.addEventListener("paste", (event) => {
    const { clipboardData, target } = event;
    if (event.defaultPrevented || !clipboardData || !(target instanceof Element)) return;
    const html = clipboardData.getData("text/html");
    const text = clipboardData.getData("text/plain");

    const start = target.closest<HTMLFormElement>("form[data-import-start]");
    if (start) {
      // The text area shows the text; the table behind it says more, until somebody types.
      const hidden = start.querySelector<HTMLInputElement>('input[name="html"]');
      const area = target instanceof HTMLTextAreaElement ? target : null;
      if (!hidden || !area || !/<table/i.test(html)) return;
      setTimeout(() => {
        hidden.value = html;
        area.addEventListener("input", () => (hidden.value = ""), { once: true });
      });
      return;
    }

    const address = document.querySelector<HTMLElement>("[data-import]")?.getAttribute("href");
    const here = target.closest('[data-field="outputs"]') !== null || target.closest("input, textarea, select, [contenteditable]") === null;
    if (!address || !here || !isMany(html, text)) return;
    event.preventDefault();
    // What was typed into the table goes first: it is among what the preview compares with.
    void gridSaved().then(() => send(address, { html, text }));
  });
}

function send(address: string, fields: Record<string, string>): void {
  const form = document.createElement("form");
  form.method = "post";
  form.action = address;
  form.hidden = true;
  for (const [name, value] of Object.entries(fields)) {
    const area = document.createElement("textarea");
    area.name = name;
    area.value = value;
    form.append(area);
  }
  document.body.append(form);
  // Not requestSubmit: where something is not saved yet, the browser asks before it leaves the page.
  form.submit();
  form.remove();
}
