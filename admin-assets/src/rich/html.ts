// HTML to document and back. What is written is letter for letter what the
// server writes (reader/src/rich/write.rs), so that a text that nobody
// has touched is the text that came, and a browser's own spelling plays no part.
import { DOMParser as Reader, type Mark, type Node } from "prosemirror-model";
import { nodes, schema } from "./schema.ts";

const reader = Reader.fromSchema(schema);

export function read(html: string): Node {
  // A document of its own: nothing in it is fetched or run.
  return reader.parse(new DOMParser().parseFromString(`<!doctype html><html><body>${html}</body></html>`, "text/html").body);
}

/** What is kept of a document; nothing of one in which nothing is said. */
export function write(doc: Node): string {
  const blank = doc.childCount === 1 && doc.firstChild?.type === nodes.paragraph && doc.firstChild.childCount === 0;
  return blank ? "" : inside(doc);
}

function inside(parent: Node): string {
  return parent.children.map(block).join("");
}

function block(node: Node): string {
  switch (node.type) {
    case nodes.paragraph:
      return `<p>${line(node)}</p>`;
    case nodes.heading:
      return `<h${node.attrs["level"]}>${line(node)}</h${node.attrs["level"]}>`;
    case nodes.bullet_list:
      return `<ul>${inside(node)}</ul>`;
    case nodes.ordered_list:
      return `<ol${node.attrs["first"] === 1 ? "" : ` start="${node.attrs["first"]}"`}>${inside(node)}</ol>`;
    case nodes.list_item:
      return `<li>${inside(node)}</li>`;
    case nodes.quote:
      return `<blockquote>${inside(node)}</blockquote>`;
    case nodes.table:
      return `<table><tbody>${inside(node)}</tbody></table>`;
    case nodes.table_row:
      return `<tr>${inside(node)}</tr>`;
    case nodes.table_cell:
      return `<td${spans(node)}>${inside(node)}</td>`;
    case nodes.table_header:
      return `<th${spans(node)}>${inside(node)}</th>`;
    case nodes.figure:
      return `<figure><img src="recto:${node.attrs["media"]}" alt="${escape(spaced(String(node.attrs["alt"])))}"></figure>`;
    default:
      throw new Error(`nothing is written for ${node.type.name}`);
  }
}

function spans(cell: Node): string {
  return ["colspan", "rowspan"].map((name) => (cell.attrs[name] > 1 ? ` ${name}="${cell.attrs[name]}"` : "")).join("");
}

interface Run {
  /** None is a line break. */
  text?: string;
  marks: readonly Mark[];
}

const tagOf = (mark: Mark): string => (mark.type.name === "link" ? `a href="${escape(mark.attrs["href"])}"` : mark.type.name);
const nameOf = (tag: string): string => tag.split(" ")[0] ?? tag;

function line(parent: Node): string {
  const open: string[] = [];
  let html = "";
  const close = (kept: number): void => {
    while (open.length > kept) html += `</${nameOf(open.pop() ?? "")}>`;
  };
  for (const run of runs(parent)) {
    const tags = run.marks.map(tagOf);
    const kept = [...open, undefined].findIndex((tag, at) => tag === undefined || tag !== tags[at]);
    close(kept);
    for (const tag of tags.slice(kept)) {
      html += `<${tag}>`;
      open.push(tag);
    }
    html += run.text === undefined ? "<br>" : escape(run.text);
  }
  close(0);
  return html;
}

/** The words and breaks of a line: white space is single and stands between words only. */
function runs(parent: Node): Run[] {
  const found: Run[] = [];
  parent.forEach((node) => {
    if (node.type === nodes.hard_break) {
      found.push({ marks: node.marks });
      return;
    }
    const last = found.at(-1);
    const wordBefore = last?.text !== undefined && !last.text.endsWith(" ");
    let text = blanks(node.text ?? "");
    if (!wordBefore) text = text.replace(/^ /, "");
    if (text !== "") found.push({ text, marks: node.marks });
  });
  const last = found.at(-1);
  if (last?.text?.endsWith(" ")) {
    last.text = last.text.slice(0, -1);
    if (last.text === "") found.pop();
  }
  return found;
}

/** What HTML takes for white space, and control characters, as one space. */
function blanks(text: string): string {
  return text.replace(/[ \u0000-\u001f\u007f-\u009f]+/g, " ");
}

function spaced(text: string): string {
  return blanks(text).replace(/^ | $/g, "");
}

function escape(text: string): string {
  return text
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;")
    .replace(/\u00a0/g, "&nbsp;");
}
