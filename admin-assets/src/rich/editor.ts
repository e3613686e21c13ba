// The rich text editor: TipTap with the nodes our HTML allows and no others,
// laid over a text area that it keeps in step.
import { Editor, generateJSON, type Extensions } from "@tiptap/core";
import { Blockquote } from "@tiptap/extension-blockquote";
import { Bold } from "@tiptap/extension-bold";
import { Document } from "@tiptap/extension-document";
import { HardBreak } from "@tiptap/extension-hard-break";
import { Heading } from "@tiptap/extension-heading";
import { Italic } from "@tiptap/extension-italic";
import { Link } from "@tiptap/extension-link";
import { BulletList, ListItem, ListKeymap, OrderedList } from "@tiptap/extension-list";
import { Paragraph } from "@tiptap/extension-paragraph";
import { Subscript } from "@tiptap/extension-subscript";
import { Superscript } from "@tiptap/extension-superscript";
import { Table, TableCell, TableHeader, TableRow } from "@tiptap/extension-table";
import { Text } from "@tiptap/extension-text";
import { Gapcursor, UndoRedo } from "@tiptap/extensions";
import { Toolbar } from "./toolbar.ts";
import { cleanPaste } from "./word-paste.ts";

const span = (name: "colspan" | "rowspan") => ({
  default: 1,
  parseHTML: (cell: HTMLElement) => Math.max(1, Number(cell.getAttribute(name)) || 1),
  renderHTML: (attributes: Record<string, unknown>) =>
    attributes[name] === 1 ? {} : { [name]: String(attributes[name]) },
});
const cellAttributes = () => ({
  colspan: span("colspan"),
  rowspan: span("rowspan"),
  // The tables commands want it; it is never written.
  colwidth: { default: null, parseHTML: () => null, renderHTML: () => ({}) },
});

const extensions: Extensions = [
  Document,
  Paragraph,
  Text,
  Heading.configure({ levels: [2, 3, 4] }),
  Bold,
  Italic,
  Subscript,
  Superscript,
  BulletList,
  OrderedList,
  ListItem,
  ListKeymap,
  Blockquote,
  HardBreak,
  Link.configure({
    openOnClick: false,
    autolink: true,
    linkOnPaste: true,
    defaultProtocol: "https",
    protocols: ["mailto"],
    HTMLAttributes: { target: null, rel: null, class: null },
  }),
  Table.extend({ renderHTML: () => ["table", ["tbody", 0]] }),
  TableRow,
  TableCell.extend({ addAttributes: cellAttributes }),
  TableHeader.extend({ addAttributes: cellAttributes }),
  Gapcursor,
  UndoRedo,
];

export class RichText {
  readonly #area: HTMLTextAreaElement;
  readonly #frame: HTMLElement;
  readonly #editor: Editor;
  readonly #toolbar: Toolbar;
  readonly #label: HTMLElement | null;
  readonly #focus = (): void => {
    this.#editor.commands.focus();
  };

  constructor(area: HTMLTextAreaElement, changed: () => void) {
    this.#area = area;
    this.#label = document.querySelector<HTMLElement>(`label[for="${CSS.escape(area.id)}"]`);
    if (this.#label && !this.#label.id) this.#label.id = `${area.id}-label`;

    this.#frame = document.createElement("div");
    this.#frame.className = "rich";
    const surface = document.createElement("div");

    // In a form that somebody may only look at, the browser disables the text area, and not the editor.
    const editable = !area.matches(":disabled");
    this.#editor = new Editor({
      element: surface,
      editable,
      injectCSS: false,
      extensions,
      content: area.value,
      editorProps: {
        attributes: {
          ...(editable ? { role: "textbox", "aria-multiline": "true" } : { role: "group" }),
          ...(this.#label ? { "aria-labelledby": this.#label.id } : { "aria-label": "Text" }),
        },
        transformPastedHTML: (html) => cleanPaste(html),
        handleKeyDown: (_view, event) => {
          if (!event.altKey || event.key !== "F10") return false;
          this.#toolbar.focus();
          return true;
        },
      },
      onUpdate: ({ editor }) => {
        area.value = htmlOf(editor);
        changed();
      },
      onTransaction: () => this.#toolbar?.refresh(),
    });
    this.#toolbar = new Toolbar(this.#editor, this.#label?.dataset["label"] ?? this.#label?.firstChild?.textContent?.trim() ?? "");

    this.#toolbar.element.hidden = !editable;
    this.#frame.append(this.#toolbar.element, this.#toolbar.panel, surface);
    area.hidden = true;
    area.after(this.#frame);
    if (area.parentElement) area.parentElement.dataset["richHost"] = "";
    this.#label?.addEventListener("click", this.#focus);
    this.describe(area);
  }

  /** The server's value: taken over only if it says something else. */
  take(html: string): void {
    const same = JSON.stringify(generateJSON(html, extensions)) === JSON.stringify(this.#editor.getJSON());
    if (!same) this.#editor.commands.setContent(html, { emitUpdate: false });
    this.#area.value = html;
  }

  /** Error and help belong to the editor as they do to the text area. */
  describe(answer: HTMLTextAreaElement): void {
    const dom = this.#editor.view.dom;
    for (const name of ["aria-describedby", "aria-invalid"]) {
      const value = answer.getAttribute(name);
      for (const element of [dom, this.#area]) {
        if (value === null) element.removeAttribute(name);
        else element.setAttribute(name, value);
      }
    }
    this.#frame.toggleAttribute("data-invalid", answer.getAttribute("aria-invalid") === "true");
  }

  destroy(): void {
    this.#label?.removeEventListener("click", this.#focus);
    this.#editor.destroy();
    this.#frame.remove();
  }
}

function htmlOf(editor: Editor): string {
  return editor.isEmpty ? "" : editor.getHTML();
}
