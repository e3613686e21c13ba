// The editor's toolbar: one tab stop, arrows between the buttons, Escape back
// to the text. Icons are drawn here, so no icon file is loaded.
import type { ChainedCommands, Editor } from "@tiptap/core";

interface Tool {
  name: string;
  icon: string;
  run: (chain: ChainedCommands) => ChainedCommands;
  pressed?: (editor: Editor) => boolean;
  enabled?: (editor: Editor) => boolean;
  onlyIn?: "table";
}

const TOOLS: (Tool | "gap" | "link")[] = [
  { name: "Bold", icon: "M7 5h6a3.5 3.5 0 0 1 0 7H7zM7 12h7a3.5 3.5 0 0 1 0 7H7z", run: (c) => c.toggleBold(), pressed: (e) => e.isActive("bold") },
  { name: "Italic", icon: "M10 5h7M7 19h7M14 5l-4 14", run: (c) => c.toggleItalic(), pressed: (e) => e.isActive("italic") },
  { name: "Subscript", icon: "M4 6l8 10M12 6 4 16M16 16.5c0-2 4-2 4 .2 0 1.3-4 2.3-4 4.3h4", run: (c) => c.unsetSuperscript().toggleSubscript(), pressed: (e) => e.isActive("subscript") },
  { name: "Superscript", icon: "M4 8l8 10M12 8 4 18M16 4.5c0-2 4-2 4 .2 0 1.3-4 2.3-4 4.3h4", run: (c) => c.unsetSubscript().toggleSuperscript(), pressed: (e) => e.isActive("superscript") },
  "gap",
  { name: "Bulleted list", icon: "M10 6h10M10 12h10M10 18h10M4.5 6h.01M4.5 12h.01M4.5 18h.01", run: (c) => c.toggleBulletList(), pressed: (e) => e.isActive("bulletList") },
  { name: "Numbered list", icon: "M11 6h9M11 12h9M11 18h9M4 4.5 5.5 4v4M4 14.5c0-1.5 2.5-1.5 2.5 0 0 1-2.5 2-2.5 3.5h2.5", run: (c) => c.toggleOrderedList(), pressed: (e) => e.isActive("orderedList") },
  { name: "Quotation", icon: "M5 6v12M10 8h9M10 12h9M10 16h6", run: (c) => c.toggleBlockquote(), pressed: (e) => e.isActive("blockquote") },
  "gap",
  "link",
  { name: "Insert table", icon: "M4 5h16v14H4zM4 10h16M4 14.5h16M10 5v14", run: (c) => c.insertTable({ rows: 3, cols: 3, withHeaderRow: true }), enabled: (e) => !e.isActive("table") },
  { name: "Add row", icon: "M4 5h16v6H4zM12 15v6M9 18h6", run: (c) => c.addRowAfter(), onlyIn: "table" },
  { name: "Add column", icon: "M5 4v16h6V4zM15 12h6M18 9v6", run: (c) => c.addColumnAfter(), onlyIn: "table" },
  { name: "Remove row", icon: "M4 5h16v6H4zM9 18h6", run: (c) => c.deleteRow(), onlyIn: "table" },
  { name: "Remove column", icon: "M5 4v16h6V4zM15 12h6", run: (c) => c.deleteColumn(), onlyIn: "table" },
  { name: "Header row", icon: "M4 5h16v14H4zM4 10h16M5 7.5h14", run: (c) => c.toggleHeaderRow(), onlyIn: "table" },
  { name: "Header column", icon: "M4 5h16v14H4zM9.5 5v14M6.7 6v12", run: (c) => c.toggleHeaderColumn(), onlyIn: "table" },
  { name: "Remove table", icon: "M4 5h16v14H4zM9 9l6 6M15 9l-6 6", run: (c) => c.deleteTable(), onlyIn: "table" },
  "gap",
  { name: "Undo", icon: "M8 4.5 4 8.5l4 4M4 8.5h9.5a5 5 0 0 1 0 10H9", run: (c) => c.undo(), enabled: (e) => e.can().undo() },
  { name: "Redo", icon: "m16 4.5 4 4-4 4M20 8.5h-9.5a5 5 0 0 0 0 10H15", run: (c) => c.redo(), enabled: (e) => e.can().redo() },
];

const STYLES = [
  ["0", "Paragraph"],
  ["2", "Heading 2"],
  ["3", "Heading 3"],
  ["4", "Heading 4"],
] as const;

export class Toolbar {
  readonly element = document.createElement("div");
  readonly panel = document.createElement("div");
  readonly #editor: Editor;
  readonly #style = document.createElement("select");
  readonly #tools: { tool: Tool; button: HTMLButtonElement }[] = [];
  readonly #linkButton: HTMLButtonElement;
  readonly #address = document.createElement("input");

  constructor(editor: Editor, label: string) {
    this.#editor = editor;
    this.element.className = "rich-tools";
    this.element.setAttribute("role", "toolbar");
    this.element.setAttribute("aria-label", label ? `Formatting: ${label}` : "Formatting");
    this.#linkButton = this.#button("Link", "M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1.2 1.2M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l1.2-1.2");

    this.#style.setAttribute("aria-label", "Paragraph style");
    for (const [value, name] of STYLES) this.#style.add(new Option(name, value));
    this.#style.addEventListener("change", () => this.#setStyle(Number(this.#style.value)));
    this.element.append(this.#style);

    for (const tool of TOOLS) {
      if (tool === "gap") {
        const gap = document.createElement("span");
        gap.className = "gap";
        this.element.append(gap);
      } else if (tool === "link") {
        this.#linkButton.setAttribute("aria-expanded", "false");
        this.#linkButton.addEventListener("click", () => this.#togglePanel(this.panel.hidden === true));
        this.element.append(this.#linkButton);
      } else {
        const button = this.#button(tool.name, tool.icon);
        button.addEventListener("click", () => tool.run(editor.chain().focus()).run());
        this.element.append(button);
        this.#tools.push({ tool, button });
      }
    }
    this.element.addEventListener("keydown", (event) => this.#onKey(event));
    this.element.addEventListener("focusin", (event) => this.#rove(event.target as HTMLElement));
    // The toolbar's own select is no field of the form.
    for (const type of ["input", "change"]) this.element.addEventListener(type, (event) => event.stopPropagation());
    this.#fillPanel();
    this.refresh();
    this.#rove(this.#style);
  }

  focus(): void {
    (this.#stops().find((stop) => stop.tabIndex === 0) ?? this.#style).focus();
  }

  refresh(): void {
    const editor = this.#editor;
    const inTable = editor.isActive("table");
    for (const { tool, button } of this.#tools) {
      if (tool.onlyIn) button.hidden = !inTable;
      if (tool.pressed) button.setAttribute("aria-pressed", String(tool.pressed(editor)));
      if (tool.enabled) button.setAttribute("aria-disabled", String(!tool.enabled(editor)));
    }
    this.#linkButton.setAttribute("aria-pressed", String(editor.isActive("link")));
    const level = [2, 3, 4].find((at) => editor.isActive("heading", { level: at })) ?? 0;
    this.#style.value = String(level);
  }

  #setStyle(level: number): void {
    const chain = this.#editor.chain().focus();
    if (level === 2 || level === 3 || level === 4) chain.setHeading({ level }).run();
    else chain.setParagraph().run();
  }

  #fillPanel(): void {
    this.panel.className = "rich-panel";
    this.panel.hidden = true;
    this.panel.setAttribute("role", "group");
    this.panel.setAttribute("aria-label", "Link");
    this.#address.type = "url";
    this.#address.setAttribute("aria-label", "Web address or e-mail address");
    this.#address.placeholder = "https://";
    const done = document.createElement("button");
    const remove = document.createElement("button");
    for (const [button, name, run] of [
      [done, "Set link", () => this.#setLink(this.#address.value)],
      [remove, "Remove link", () => this.#setLink("")],
    ] as const) {
      button.type = "button";
      button.className = "button";
      button.textContent = name;
      button.addEventListener("click", run);
    }
    this.panel.append(this.#address, done, remove);
    for (const type of ["input", "change"]) this.panel.addEventListener(type, (event) => event.stopPropagation());
    this.panel.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target === this.#address) this.#setLink(this.#address.value);
      else if (event.key === "Escape") this.#togglePanel(false);
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
  }

  #togglePanel(open: boolean): void {
    this.panel.hidden = !open;
    this.#linkButton.setAttribute("aria-expanded", String(open));
    if (open) {
      this.#address.value = String(this.#editor.getAttributes("link")["href"] ?? "");
      this.#address.focus();
      this.#address.select();
    } else {
      this.#editor.commands.focus();
    }
  }

  #setLink(typed: string): void {
    const address = typed.trim();
    const href = /^[^\s@/:]+@[^\s@/]+$/.test(address) ? `mailto:${address}` : /^[\w-]+(\.[\w-]+)+(\/|$)/.test(address) ? `https://${address}` : address;
    const { from, to, empty } = this.#editor.state.selection;
    const chain = this.#editor.chain().focus().extendMarkRange("link");
    if (href === "") chain.unsetLink().run();
    else if (empty && !this.#editor.isActive("link")) {
      chain.insertContentAt({ from, to }, { type: "text", text: address, marks: [{ type: "link", attrs: { href } }] }).run();
    } else chain.setLink({ href }).run();
    this.#togglePanel(false);
  }

  #stops(): HTMLElement[] {
    return [...this.element.querySelectorAll<HTMLElement>("select, button")].filter((stop) => !stop.hidden);
  }

  #rove(to: HTMLElement): void {
    for (const stop of this.element.querySelectorAll<HTMLElement>("select, button")) stop.tabIndex = stop === to ? 0 : -1;
  }

  #onKey(event: KeyboardEvent): void {
    const stops = this.#stops();
    const at = stops.indexOf(event.target as HTMLElement);
    const to: Record<string, number> = {
      ArrowRight: (at + 1) % stops.length,
      ArrowLeft: (at - 1 + stops.length) % stops.length,
      Home: 0,
      End: stops.length - 1,
    };
    const next = to[event.key];
    if (event.key === "Escape") this.#editor.commands.focus();
    else if (next !== undefined) stops[next]?.focus();
    else return;
    event.preventDefault();
  }

  #button(name: string, icon: string): HTMLButtonElement {
    const button = document.createElement("button");
    button.type = "button";
    button.title = name;
    button.setAttribute("aria-label", name);
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("class", "icon");
    svg.setAttribute("aria-hidden", "true");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", icon);
    svg.append(path);
    button.append(svg);
    return button;
  }
}
