// HTML that other programs put on the clipboard (Word, Google Docs,
// LibreOffice, browsers), made plain before the editor reads it: what dress
// says of words becomes elements, and what has no place in a text goes.
import { ownId } from "./address.ts";
import { isWord, wordLists } from "./word.ts";

/** What was made of a paste, and how many images were left out of it. */
export interface Cleaned {
  html: string;
  images: number;
}

const BLOCKS = "p, h1, h2, h3, h4, h5, h6, ul, ol, li, table, blockquote, div, section, article, figure, dl, pre, hr";
const SMALL = "li, td, th, blockquote";

export function clean(html: string): Cleaned {
  // What our own editor has cut out fits as it is.
  if (/\sdata-pm-slice=/.test(html)) return { html, images: 0 };
  const body = parsed(html);
  if (isWord(html)) wordLists(body);
  for (const space of all(body, ".Apple-converted-space")) space.replaceWith(" ");
  dress(body);
  headings(body);
  nesting(body);
  links(body);
  const images = all(body, "img, picture, video, svg, canvas").filter((image) => !ownId(image.getAttribute("src") ?? ""));
  const seen = images.filter((image) => image.matches("img") && !/^(?:0|1)$/.test(image.getAttribute("width") ?? ""));
  for (const image of images) image.remove();
  breaks(body);
  return { html: body.innerHTML.trim(), images: seen.length };
}

function all(body: HTMLElement, selector: string): Element[] {
  return [...body.querySelectorAll(selector)];
}

function parsed(html: string): HTMLElement {
  const inner = /<!--\s*StartFragment\s*-->([\s\S]*?)<!--\s*EndFragment\s*-->/i.exec(html)?.[1]
    ?? /<body[^>]*>([\s\S]*?)<\/body>/i.exec(html)?.[1]
    ?? html;
  const plain = inner
    // Comments first: the parser would drop or keep their content at will.
    .replace(/<!--\[if[\s\S]*?<!\[endif\]-->/gi, "")
    .replace(/<!\[(?:if|endif)[^>]*>/gi, "")
    .replace(/<!--[\s\S]*?-->/g, "")
    .replace(/<(style|xml|script|title|template|noscript|head)\b[^>]*>[\s\S]*?<\/\1>|<(?:meta|link|base)\b[^>]*>/gi, "")
    .replace(/<\/?(?:o|w|v|m|st1):[^>]*>/gi, "")
    // Under our content security policy these attributes are error reports, even when they are only parsed.
    .replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/\s(style|on[a-z]+)\s*=/gi, " data-$1="));
  return new DOMParser().parseFromString(`<!doctype html><html><body>${plain}</body></html>`, "text/html").body;
}

/** Bold, italic, sub- and superscript as elements, and no others for words. */
function dress(body: HTMLElement): void {
  for (const element of all(body, "*")) {
    const style = element.getAttribute("data-style") ?? "";
    const weight = /(?<![\w-])font-weight:\s*(\w+)/i.exec(style)?.[1]?.toLowerCase();
    const slant = /(?<![\w-])font-style:\s*(\w+)/i.exec(style)?.[1]?.toLowerCase();
    const raised = /(?<![\w-])vertical-align:\s*(super|sub)\b/i.exec(style)?.[1]?.toLowerCase();
    for (const { name } of [...element.attributes]) {
      if (!["href", "src", "alt", "colspan", "rowspan", "start", "width"].includes(name)) element.removeAttribute(name);
    }
    const strong = element.matches("b, strong");
    const em = element.matches("i, em");
    if (element.matches("span, font, a, u, s, ins, mark, small, big, b, strong, i, em, label, time, abbr, cite, code, kbd, samp, var, dfn, q")) {
      const bold = weight === "bold" || weight === "bolder" || Number(weight) >= 600;
      if (bold && !strong && !element.closest("h1, h2, h3, h4, h5, h6, th")) wrapInside(element, "strong");
      if ((slant === "italic" || slant === "oblique") && !em) wrapInside(element, "em");
      if (raised) wrapInside(element, raised === "super" ? "sup" : "sub");
    }
    // Google Docs wraps everything into a <b> that is not bold.
    const plain = (strong && (weight === "normal" || Number(weight) < 600)) || (em && slant === "normal");
    if (plain || element.matches("span, font, u, ins, label")) unwrap(element);
  }
  // Headings are bold by themselves.
  for (const bold of all(body, ":is(h1, h2, h3, h4, h5, h6) :is(b, strong)")) unwrap(bold);
}

/** A page's heading 1 becomes our 2, and so on; what is below our 4 becomes 4. */
function headings(body: HTMLElement): void {
  const shift = body.querySelector("h1") ? 1 : 0;
  for (const heading of all(body, "h1, h2, h3, h4, h5, h6")) {
    if (heading.closest(SMALL)) rename(heading, "p");
    else rename(heading, `h${Math.min(4, Math.max(2, Number(heading.tagName.slice(1)) + shift))}`);
  }
}

/** Only lists stand in lists, cells and quotations. */
function nesting(body: HTMLElement): void {
  for (const caption of all(body, "caption")) {
    const table = caption.closest("table");
    const above = rename(caption, "p");
    table?.before(above);
  }
  for (const quote of all(body, SMALL.split(", ").map((place) => `${place} blockquote`).join(", "))) rename(quote, "div");
  for (const table of all(body, SMALL.split(", ").map((place) => `${place} table`).join(", ")).reverse()) {
    const plain = body.ownerDocument.createElement("div");
    for (const cell of all(table as HTMLElement, "td, th")) plain.append(rename(cell, "div"));
    table.replaceWith(plain);
  }
  // A list right in a list belongs to the item before it.
  for (const list of all(body, "ul > ul, ul > ol, ol > ul, ol > ol")) {
    const before = list.previousElementSibling;
    if (before?.matches("li")) before.append(list);
    else {
      const item = body.ownerDocument.createElement("li");
      list.before(item);
      item.append(list);
    }
  }
  for (const item of all(body, "li")) {
    const first = [...item.childNodes].find((node) => node.nodeType === 1 || node.textContent?.trim());
    if (first?.nodeName === "UL" || first?.nodeName === "OL") (first as Element).before(body.ownerDocument.createElement("p"));
  }
}

/** The address that a link stands for, where a program put its own in between. */
function links(body: HTMLElement): void {
  for (const anchor of all(body, "a")) {
    const href = anchor.getAttribute("href") ?? "";
    if (!href || !anchor.textContent?.trim()) {
      unwrap(anchor);
    } else if (URL.canParse(href)) {
      const url = new URL(href);
      const meant = /(^|\.)google\.[a-z.]+$/.test(url.hostname) && url.pathname === "/url" ? url.searchParams.get("q") : null;
      if (meant) anchor.setAttribute("href", meant);
    }
  }
}

/** What only makes room goes: breaks between and at the end of paragraphs, and paragraphs of nothing. */
function breaks(body: HTMLElement): void {
  for (const br of all(body, "br")) {
    const parent = br.parentElement;
    const between = parent && [...parent.children].some((child) => child.matches(BLOCKS));
    const last = parent?.matches(`${BLOCKS}, td, th`) && !br.nextElementSibling && !followed(br);
    if (between || last) br.remove();
  }
  for (const empty of all(body, "p, h2, h3, h4")) {
    const said = empty.textContent?.replace(/[\s\u00a0]/g, "") || empty.querySelector("img");
    if (said) continue;
    if (empty.closest("td, th, li")) empty.replaceChildren();
    else empty.remove();
  }
}

function followed(br: Element): boolean {
  for (let next = br.nextSibling; next; next = next.nextSibling) if (next.textContent?.trim()) return true;
  return false;
}

function rename(element: Element, name: string): Element {
  const other = element.ownerDocument.createElement(name);
  other.append(...element.childNodes);
  element.replaceWith(other);
  return other;
}

function wrapInside(element: Element, name: string): void {
  const inner = element.ownerDocument.createElement(name);
  inner.append(...element.childNodes);
  element.append(inner);
}

function unwrap(element: Element): void {
  element.replaceWith(...element.childNodes);
}
