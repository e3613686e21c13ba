// HTML from Word, made plain before the editor reads it: real lists from
// Word's list paragraphs, headings from 2 down, no wrappers, no empty lines.

const LIST = /mso-list:\s*l(\d+)\s+level(\d+)/i;
const NUMBERED = /^[\s\u00a0]*\(?(?:\d+|[a-z]{1,2}|[ivxlcdm]+)[.)]/i;

export function looksLikeWord(html: string): boolean {
  return /class="?Mso|mso-[a-z]+:|urn:schemas-microsoft-com/i.test(html);
}

export function cleanPaste(html: string): string {
  return looksLikeWord(html) ? cleanWord(html) : html;
}

export function cleanWord(html: string): string {
  // Comments first: the parser would drop or keep their content at will.
  const inner = /<body[^>]*>([\s\S]*?)<\/body>/i.exec(html)?.[1] ?? html;
  const plain = inner
    .replace(/<!--\[if[\s\S]*?<!\[endif\]-->/gi, "")
    .replace(/<!\[(?:if|endif)[^>]*>/gi, "")
    .replace(/<!--[\s\S]*?-->/g, "")
    .replace(/<(style|xml|script|meta|link)\b[^>]*>[\s\S]*?<\/\1>|<(?:meta|link)\b[^>]*>/gi, "")
    .replace(/<\/?(?:o|w|v|m|st1):[^>]*>/gi, "")
    // Under our content security policy a style attribute is an error report, even when it is only parsed.
    .replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/\sstyle=/gi, " data-style="));
  const body = new DOMParser().parseFromString(`<!doctype html><html><body>${plain}</body></html>`, "text/html").body;

  titles(body);
  lists(body);
  for (const anchor of [...body.querySelectorAll("a:not([href])")]) unwrap(anchor);
  for (const paragraph of [...body.querySelectorAll("p")]) {
    const empty = !paragraph.textContent?.replace(/[\s\u00a0]/g, "") && !paragraph.querySelector("img, table");
    if (empty && !paragraph.closest("td, th")) paragraph.remove();
  }
  for (const element of [...body.querySelectorAll("*")]) {
    const style = element.getAttribute("data-style") ?? "";
    const bold = /font-weight:\s*(?:bold|[6-9]00)/i.test(style);
    const italic = /font-style:\s*italic/i.test(style);
    for (const name of ["class", "data-style", "lang", "align", "width", "height", "valign", "border", "cellspacing", "cellpadding"]) {
      element.removeAttribute(name);
    }
    if (element.tagName !== "SPAN") continue;
    if (bold) wrapInside(element, "strong");
    if (italic) wrapInside(element, "em");
    unwrap(element);
  }
  return body.innerHTML.trim();
}

/** Word's Title and Heading 1 become our 2; what is below our 4 becomes 4. */
function titles(body: HTMLElement): void {
  for (const title of [...body.querySelectorAll("p.MsoTitle")]) rename(title, "h1");
  const shift = body.querySelector("h1") ? 1 : 0;
  for (const heading of [...body.querySelectorAll("h1, h2, h3, h4, h5, h6")]) {
    const level = Math.min(4, Math.max(2, Number(heading.tagName.slice(1)) + shift));
    rename(heading, `h${level}`);
  }
}

function lists(body: HTMLElement): void {
  let open: HTMLElement[] = [];
  let previous: Element | null = null;
  for (const paragraph of [...body.querySelectorAll("p, h2, h3, h4")]) {
    const match = LIST.exec(paragraph.getAttribute("data-style") ?? "");
    if (!match || /^H\d$/.test(paragraph.tagName)) continue;
    const level = Math.max(1, Number(match[2]));
    const marker = [...paragraph.querySelectorAll("span")].find((span) => /mso-list:\s*ignore/i.test(span.getAttribute("data-style") ?? ""));
    const kind = NUMBERED.test(marker?.textContent ?? "") ? "ol" : "ul";
    marker?.remove();

    const follows = previous !== null && paragraph.previousElementSibling === previous;
    if (!follows) open = [];
    open = open.slice(0, level);
    while (open.length > 0 && open.length === level && open.at(-1)?.tagName.toLowerCase() !== kind) open.pop();
    while (open.length < level) {
      const list = body.ownerDocument.createElement(kind);
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

function rename(element: Element, name: string): void {
  const other = element.ownerDocument.createElement(name);
  for (const attribute of [...element.attributes]) other.setAttribute(attribute.name, attribute.value);
  other.append(...element.childNodes);
  element.replaceWith(other);
}

function wrapInside(element: Element, name: string): void {
  const inner = element.ownerDocument.createElement(name);
  inner.append(...element.childNodes);
  element.append(inner);
}

function unwrap(element: Element): void {
  element.replaceWith(...element.childNodes);
}
