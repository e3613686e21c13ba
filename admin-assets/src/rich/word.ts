// Word's paragraphs that only look like lists, made lists.

const LIST = /mso-list:\s*l(\d+)\s+level(\d+)/i;
const NUMBERED = /^[\s\u00a0]*\(?(\d+|[a-z]{1,2}|[ivxlcdm]+)[.)]/i;

export function isWord(html: string): boolean {
  return /class="?Mso|mso-[a-z]+:|urn:schemas-microsoft-com/i.test(html);
}

/** Expects styles under `data-style`. */
export function wordLists(body: HTMLElement): void {
  for (const title of [...body.querySelectorAll("p.MsoTitle")]) {
    const heading = body.ownerDocument.createElement("h1");
    heading.append(...title.childNodes);
    title.replaceWith(heading);
  }
  let open: HTMLElement[] = [];
  let previous: Element | null = null;
  for (const paragraph of [...body.querySelectorAll("p")]) {
    const match = LIST.exec(paragraph.getAttribute("data-style") ?? "");
    if (!match) continue;
    const level = Math.max(1, Number(match[2]));
    const marker = [...paragraph.querySelectorAll("span")].find((span) => /mso-list:\s*ignore/i.test(span.getAttribute("data-style") ?? ""));
    const number = NUMBERED.exec(marker?.textContent ?? "")?.[1];
    const kind = number === undefined ? "ul" : "ol";
    marker?.remove();

    const follows = previous !== null && paragraph.previousElementSibling === previous;
    if (!follows) open = [];
    open = open.slice(0, level);
    while (open.length > 0 && open.length === level && open.at(-1)?.tagName.toLowerCase() !== kind) open.pop();
    while (open.length < level) {
      const list = body.ownerDocument.createElement(kind);
      if (Number(number) > 1) list.setAttribute("start", String(number));
      const parent = open.at(-1)?.lastElementChild;
      if (parent) parent.append(list);
      else if (open.length === 0) paragraph.before(list);
      else {
        // A level was left out: the deeper list stands in an item of its own.
        const item = body.ownerDocument.createElement("li");
        item.append(list);
        open.at(-1)?.append(item);
      }
      open.push(list);
    }
    const item = body.ownerDocument.createElement("li");
    item.append(...paragraph.childNodes);
    trimStart(item);
    open.at(-1)?.append(item);
    previous = open[0] ?? null;
    paragraph.remove();
  }
}

function trimStart(element: Element): void {
  const first = element.firstChild;
  if (first?.nodeType === 3 && first.nodeValue) first.nodeValue = first.nodeValue.replace(/^[\s\u00a0]+/, "");
}
