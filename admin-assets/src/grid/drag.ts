// Rows dragged by their number, with the mouse, a pen or a finger. It must not
// move them; it tells where they were let go.

/** How far the pointer goes before it drags, in pixels. */
const START = 5;
/** How near the window's edge it scrolls, and how fast, in pixels. */
const EDGE = 48;
const SPEED = 14;

interface Drag {
  pointer: number;
  from: number;
  row: HTMLTableRowElement;
  begun: boolean;
  y: number;
  target: HTMLTableRowElement | undefined;
  after: boolean;
  frame: number;
}

/** Where rows stand: the view. */
interface Rows {
  readonly element: HTMLTableElement;
  readonly lines: readonly HTMLTableRowElement[];
}

/** `drop` is told the row that was taken by its number, and the one before which it was let go; none at the end. */
export function watchDrags(
  rows: Rows,
  drop: (taken: HTMLTableRowElement, before: HTMLTableRowElement | null) => void,
  signal: AbortSignal,
): void {
  let drag: Drag | undefined;
  const body = rows.element;
  const beside = (line: HTMLTableRowElement, step: 1 | -1): HTMLTableRowElement | undefined => rows.lines[rows.lines.indexOf(line) + step];
  const mark = (): void => {
    for (const line of body.querySelectorAll(".drop-before, .drop-after")) line.classList.remove("drop-before", "drop-after");
    if (drag?.target) drag.target.classList.add(drag.after ? "drop-after" : "drop-before");
  };
  const end = (): Drag | undefined => {
    const ended = drag;
    drag = undefined;
    if (ended) {
      cancelAnimationFrame(ended.frame);
      ended.row.classList.remove("dragged");
    }
    mark();
    return ended;
  };
  const look = (now: Drag): void => {
    const x = body.getBoundingClientRect().left + 24;
    const line = document.elementFromPoint(x, now.y)?.closest("tr");
    if (!line || !rows.lines.includes(line)) return;
    const { top, height } = line.getBoundingClientRect();
    now.target = line.classList.contains("rows-new") ? beside(line, -1) : line;
    now.after = line.classList.contains("rows-new") || now.y > top + height / 2;
    mark();
  };
  const scroll = (): void => {
    if (!drag?.begun) return;
    const bottom = innerHeight - EDGE * 2;
    if (drag.y < EDGE) scrollBy(0, -SPEED);
    else if (drag.y > bottom) scrollBy(0, SPEED);
    look(drag);
    drag.frame = requestAnimationFrame(scroll);
  };

  body.addEventListener(
    "pointerdown",
    (event) => {
      const cell = event.target instanceof Element ? event.target.closest<HTMLElement>(".cell-order") : null;
      const row = cell?.closest("tr");
      if (!row || event.button !== 0 || row.classList.contains("rows-new") || !rows.lines.includes(row)) return;
      drag = { pointer: event.pointerId, from: event.clientY, row, begun: false, y: event.clientY, target: undefined, after: false, frame: 0 };
    },
    { signal },
  );
  document.addEventListener(
    "pointermove",
    (event) => {
      if (!drag || event.pointerId !== drag.pointer) return;
      drag.y = event.clientY;
      if (!drag.begun && Math.abs(drag.y - drag.from) > START) {
        drag.begun = true;
        drag.row.classList.add("dragged");
        drag.frame = requestAnimationFrame(scroll);
      }
    },
    { signal },
  );
  document.addEventListener(
    "pointerup",
    (event) => {
      if (!drag || event.pointerId !== drag.pointer) return;
      const ended = end();
      if (!ended?.begun || !ended.target) return;
      const before = ended.after ? beside(ended.target, 1) : ended.target;
      drop(ended.row, before && !before.classList.contains("rows-new") ? before : null);
    },
    { signal },
  );
  document.addEventListener("pointercancel", () => end(), { signal });
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape" || !drag?.begun) return;
      event.preventDefault();
      event.stopPropagation();
      end();
    },
    { signal, capture: true },
  );
}
