// The boxes of a list: all of a page at once, a row of them with Shift, and how
// many are ticked. Without this each is ticked by itself; the bar shows by CSS.
const ALL = "[data-tick-all]";

export function watchTicks(): void {
  const bar = document.querySelector<HTMLFormElement>("form#bulk");
  if (!bar) return;
  const boxes = [...document.querySelectorAll<HTMLInputElement>('input[name="one"][form="bulk"]')];
  let last = -1;
  const count = (): void => {
    const ticked = boxes.filter((box) => box.checked).length;
    for (const all of document.querySelectorAll<HTMLInputElement>(ALL)) {
      all.checked = ticked === boxes.length;
      all.indeterminate = ticked > 0 && ticked < boxes.length;
    }
    const status = bar.querySelector("[data-ticked]");
    const whole = bar.querySelector<HTMLInputElement>('input[name="all"]')?.checked;
    const text = whole ? "All that fit" : `${ticked} ticked`;
    if (status && status.textContent !== text) status.textContent = text;
  };
  document.addEventListener("click", (event) => {
    const at = boxes.indexOf(event.target as HTMLInputElement);
    const box = boxes[at];
    if (!box) return;
    if (event.shiftKey && last >= 0) {
      for (const one of boxes.slice(Math.min(at, last), Math.max(at, last) + 1)) one.checked = box.checked;
      count();
    }
    last = at;
  });
  document.addEventListener("change", (event) => {
    const target = event.target;
    if (!(target instanceof HTMLInputElement)) return;
    if (target.matches(ALL)) for (const box of boxes) box.checked = target.checked;
    if (target.matches(ALL) || target.form === bar) count();
  });
  // Whoever comes back finds what was ticked.
  window.addEventListener("pageshow", count);
}
