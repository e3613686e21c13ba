// What a rich text may hold: the same as the server keeps, see
// reader/src/rich.rs. What has no place here has none there.
import { type DOMOutputSpec, type Mark, type Node, Schema } from "prosemirror-model";
import { address, ownId } from "./address.ts";

const TEXT = { content: "inline*", group: "block" } as const;

const cell = (name: "td" | "th") => ({
  content: "small+",
  attrs: {
    colspan: { default: 1, validate: "number" },
    rowspan: { default: 1, validate: "number" },
    // The tables' commands want it; it is never written.
    colwidth: { default: null },
  },
  tableRole: name === "td" ? "cell" : "header_cell",
  isolating: true,
  parseDOM: [
    {
      tag: name,
      getAttrs: (cell: HTMLElement) => ({
        colspan: Math.max(1, Number(cell.getAttribute("colspan")) || 1),
        rowspan: Math.max(1, Number(cell.getAttribute("rowspan")) || 1),
      }),
    },
  ],
  toDOM: (node: Node): DOMOutputSpec => {
    const spans = Object.entries(node.attrs).filter(([key, value]) => key !== "colwidth" && value !== 1);
    return [name, Object.fromEntries(spans), 0];
  },
});

const heading = (tag: string, level: number) => ({ tag, attrs: { level } });

export const schema = new Schema({
  nodes: {
    doc: { content: "block+" },
    paragraph: { ...TEXT, group: "block small", parseDOM: [{ tag: "p" }], toDOM: () => ["p", 0] },
    heading: {
      ...TEXT,
      attrs: { level: { default: 2, validate: "number" } },
      defining: true,
      parseDOM: [heading("h1", 2), heading("h2", 2), heading("h3", 3), heading("h4", 4), heading("h5", 4), heading("h6", 4)],
      toDOM: (node) => [`h${node.attrs["level"]}`, 0],
    },
    bullet_list: { content: "list_item+", group: "block small", parseDOM: [{ tag: "ul" }], toDOM: () => ["ul", 0] },
    ordered_list: {
      content: "list_item+",
      group: "block small",
      attrs: { first: { default: 1, validate: "number" } },
      parseDOM: [
        {
          tag: "ol",
          getAttrs: (list) => {
            const first = Number(list.getAttribute("start") ?? 1);
            return { first: Number.isInteger(first) && first >= 0 && first <= 99_999 ? first : 1 };
          },
        },
      ],
      toDOM: (node) => ["ol", node.attrs["first"] === 1 ? {} : { start: node.attrs["first"] }, 0],
    },
    list_item: { content: "paragraph small*", defining: true, parseDOM: [{ tag: "li" }], toDOM: () => ["li", 0] },
    quote: { content: "small+", group: "block", defining: true, parseDOM: [{ tag: "blockquote" }], toDOM: () => ["blockquote", 0] },
    table: {
      content: "table_row+",
      group: "block",
      tableRole: "table",
      isolating: true,
      parseDOM: [{ tag: "table" }],
      toDOM: () => ["table", ["tbody", 0]],
    },
    table_row: { content: "(table_cell | table_header)*", tableRole: "row", parseDOM: [{ tag: "tr" }], toDOM: () => ["tr", 0] },
    table_cell: cell("td"),
    table_header: cell("th"),
    figure: {
      group: "block",
      atom: true,
      draggable: true,
      attrs: { media: { validate: "string" }, alt: { default: "", validate: "string" } },
      parseDOM: [
        {
          tag: "figure, img",
          getAttrs: (element) => {
            const image = element.matches("img") ? element : element.querySelector("img");
            const media = ownId(image?.getAttribute("src") ?? "");
            return media ? { media, alt: image?.getAttribute("alt") ?? "" } : false;
          },
        },
      ],
      toDOM: (node) => ["figure", ["img", { src: `recto:${node.attrs["media"]}`, alt: node.attrs["alt"] }]],
    },
    text: { group: "inline" },
    hard_break: {
      inline: true,
      group: "inline",
      selectable: false,
      linebreakReplacement: true,
      parseDOM: [{ tag: "br" }],
      toDOM: () => ["br"],
    },
  },
  // In the order in which they are written, the outermost first.
  marks: {
    link: {
      attrs: { href: { validate: "string" } },
      inclusive: false,
      parseDOM: [
        {
          tag: "a[href]",
          getAttrs: (anchor) => {
            const href = address(anchor.getAttribute("href") ?? "");
            return href ? { href } : false;
          },
        },
      ],
      toDOM: (mark: Mark) => ["a", { href: mark.attrs["href"] }, 0],
    },
    strong: { parseDOM: [{ tag: "strong" }, { tag: "b" }], toDOM: () => ["strong", 0] },
    em: { parseDOM: [{ tag: "em" }, { tag: "i" }], toDOM: () => ["em", 0] },
    sub: { excludes: "script", group: "script", parseDOM: [{ tag: "sub" }], toDOM: () => ["sub", 0] },
    sup: { excludes: "script", group: "script", parseDOM: [{ tag: "sup" }], toDOM: () => ["sup", 0] },
  },
});

export const { nodes, marks } = schema;
