// Text areas that grow with their text, where the browser's CSS cannot do it.
export function watchGrowing(): void {
  if (CSS.supports("field-sizing", "content")) return;
  const grow = (area: HTMLTextAreaElement): void => {
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight + 2}px`;
  };
  const all = (): void => document.querySelectorAll<HTMLTextAreaElement>("textarea:not([data-rich])").forEach(grow);
  document.addEventListener("input", (event) => {
    if (event.target instanceof HTMLTextAreaElement) grow(event.target);
  });
  document.addEventListener("htmx:after:swap", all);
  all();
}
