// Cells to and from the clipboard, as spreadsheets write them. Pure.

const BIBLIOGRAPHY = /^\s*@\w+\s*[{(]|^TY {1,2}- /m;

/** Rows of cells as tab-separated text; cells with breaks, tabs or quotes are quoted. */
export function toText(rows: readonly (readonly string[])[]): string {
  const cell = (text: string): string => (/[\t\n"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return rows.map((row) => row.map(cell).join("\t")).join("\n");
}

/** The same as a table of HTML. */
export function toHtml(rows: readonly (readonly string[])[]): string {
  const escaped = (text: string): string =>
    text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
  const lines = rows.map((row) => `<tr>${row.map((text) => `<td>${escaped(text)}</td>`).join("")}</tr>`);
  return `<table><tbody>${lines.join("")}</tbody></table>`;
}

/** Rows of cells from tab-separated text. */
export function fromText(text: string): string[][] {
  const rows: string[][] = [[]];
  const source = text.replace(/\r\n?/g, "\n").replace(/\n+$/, "");
  let cell = "";
  let quoted = false;
  for (let at = 0; at < source.length; at += 1) {
    const one = source[at];
    if (quoted) {
      if (one !== '"') cell += one;
      else if (source[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else quoted = false;
    } else if (one === '"' && cell === "" && closes(source, at)) quoted = true;
    else if (one === "\t" || one === "\n") {
      rows.at(-1)?.push(cell);
      cell = "";
      if (one === "\n") rows.push([]);
    } else cell += one;
  }
  rows.at(-1)?.push(cell);
  return rows;
}

/** Whether a quote that begins a cell is closed before a tab, a break or the end: else it is a character. */
function closes(source: string, from: number): boolean {
  for (let at = from + 1; at < source.length; at += 1) {
    if (source[at] !== '"') continue;
    if (source[at + 1] === '"') at += 1;
    else return at + 1 === source.length || source[at + 1] === "\t" || source[at + 1] === "\n";
  }
  return false;
}

/** Whether this is more than the text of one cell; by its text alone, more than one row of a table. */
export function isMany(html: string, text: string): boolean {
  const table = /<table/i.test(html) && /<tr[\s\S]*<td[\s\S]*<td/i.test(html);
  return table || (text.includes("\t") && fromText(text.trim()).length > 1) || BIBLIOGRAPHY.test(text);
}
