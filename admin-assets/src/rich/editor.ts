// The rich text editor: ProseMirror over a text area that it keeps in step.
import { closeHistory, history } from "prosemirror-history";
import { gapCursor } from "prosemirror-gapcursor";
import { keydownHandler } from "prosemirror-keymap";
import { EditorState, NodeSelection, TextSelection } from "prosemirror-state";
import { tableEditing } from "prosemirror-tables";
import { EditorView } from "prosemirror-view";
import { announce } from "../announce.ts";
import { make } from "../make.ts";
import { placeName } from "./commands.ts";
import { figure } from "./figure.ts";
import { read, write } from "./html.ts";
import { editImage, mayUpload } from "./image.ts";
import { type Item, learn } from "./items.ts";
import { BASE, DEEDS } from "./keys.ts";
import { editLink, pasteAddress } from "./link.ts";
import { clean } from "./paste.ts";
import { rules } from "./rules.ts";
import { nodes } from "./schema.ts";
import { Toolbar, tell } from "./toolbar.ts";

const HINT = "Escape, then Tab leaves the text. Alt and F10 goes to its toolbar.";

export class RichText {
  readonly #area: HTMLTextAreaElement;
  readonly #frame: HTMLElement;
  readonly #view: EditorView;
  readonly #toolbar: Toolbar;
  readonly #label: HTMLElement | null;
  readonly #hint: HTMLElement;
  readonly #rules = rules();
  readonly #said = Object.assign(make("p", { class: "rich-note" }), { hidden: true });
  /** After Escape, Tab goes on to what follows the text. */
  #leaving = false;

  constructor(area: HTMLTextAreaElement, changed: () => void) {
    this.#area = area;
    this.#label = document.querySelector<HTMLElement>(`label[for="${CSS.escape(area.id)}"]`);
    if (this.#label && !this.#label.id) this.#label.id = `${area.id}-label`;
    learnOf(area);

    this.#frame = make("div", { class: "rich" });
    this.#hint = make("p", { id: `${area.id}-hint`, class: "visually-hidden" }, HINT);
    const surface = make("div");
    const keys = keydownHandler(BASE);
    const deeds = Object.entries(DEEDS).map(([name, [key, command]]) => keydownHandler({
      [key]: (_state, _dispatch, view) => view !== undefined && tell(view, name, command),
    }));
    this.#view = new EditorView({ mount: surface }, {
      state: this.#state(area.value),
      nodeViews: { figure },
      attributes: {
        class: "rich-text",
        role: "textbox",
        "aria-multiline": "true",
        ...(this.#label ? { "aria-labelledby": this.#label.id } : { "aria-label": "Text" }),
      },
      dispatchTransaction: (tr) => {
        const before = placeName(this.#view.state);
        this.#view.updateState(this.#view.state.apply(tr));
        this.#toolbar.refresh();
        if (!tr.docChanged) return;
        // What was typed turned into something else.
        const place = placeName(this.#view.state);
        if (place !== before && tr.getMeta(this.#rules)) announce(place);
        const html = write(this.#view.state.doc);
        if (html === area.value) return;
        area.value = html;
        changed();
      },
      handleKeyDown: (view, event) => {
        if (event.isComposing) return false;
        // AltGr types signs: on some keyboards it is Ctrl and Alt at once.
        if (event.getModifierState("AltGraph")) return false;
        if (event.altKey && event.key === "F10") this.#toolbar.focus();
        else if (event.key === "Escape") this.#leaving = true;
        else if (event.key === "Tab" && this.#leaving) return false;
        else if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") editLink(view);
        else if (event.key === "Enter" && view.state.selection instanceof NodeSelection && view.state.selection.node.type === nodes.figure) editImage(view);
        else {
          if (!["Shift", "Control", "Alt", "Meta"].includes(event.key)) this.#leaving = false;
          return deeds.some((deed) => deed(view, event)) || keys(view, event);
        }
        // What has the keys in turn must not see this one: the page's own shortcuts, an open dialog.
        event.preventDefault();
        event.stopPropagation();
        return true;
      },
      handleDOMEvents: {
        blur: () => {
          this.#leaving = false;
          return false;
        },
        click: (_view, event) => {
          // A link in a text that is written leads nowhere.
          if (event.target instanceof Element && event.target.closest("a")) event.preventDefault();
          return false;
        },
      },
      handleDoubleClickOn: (view, _pos, node) => {
        if (node.type !== nodes.figure) return false;
        editImage(view);
        return true;
      },
      transformPastedHTML: (html) => {
        const { html: cleaned, images } = clean(html);
        this.#note(images);
        return cleaned;
      },
      handlePaste: (view, event) => {
        // One step back takes all of it.
        view.dispatch(closeHistory(view.state.tr));
        const data = event.clipboardData;
        if (!data) return false;
        // Programs put pictures of words beside the words; without words it is a picture.
        if (data.files.length > 0 && !data.getData("text/plain").trim()) return this.#takeFiles(data.files);
        if (data.types.includes("text/html")) return false;
        this.#note(0);
        return pasteAddress(view, data.getData("text/plain"));
      },
      handleDrop: (view, event) => {
        const files = event.dataTransfer?.files;
        if (!files?.length) return false;
        const at = view.posAtCoords({ left: event.clientX, top: event.clientY });
        if (at) view.dispatch(view.state.tr.setSelection(TextSelection.near(view.state.doc.resolve(at.pos))));
        return this.#takeFiles(files);
      },
    });
    if (mayUpload(this.#view)) this.#frame.dataset["takesFiles"] = "";
    this.#toolbar = new Toolbar(this.#view, this.#label?.dataset["label"] ?? this.#label?.firstChild?.textContent?.trim() ?? "");
    this.#frame.append(this.#toolbar.element, surface, this.#toolbar.status, this.#said, this.#hint);
    area.hidden = true;
    area.after(this.#frame);
    if (area.parentElement) area.parentElement.dataset["richHost"] = "";
    this.describe(area);
  }

  focus(): void {
    this.#view.focus();
  }

  /** Puts the caret where somebody has pressed. */
  focusAt(left: number, top: number): void {
    const found = this.#view.posAtCoords({ left, top });
    if (found) {
      const { state } = this.#view;
      const $pos = state.doc.resolve(found.pos);
      this.#view.dispatch(state.tr.setSelection(TextSelection.near($pos)));
    }
    this.#view.focus();
  }

  /** The server's value: taken over only if it says something else. */
  take(html: string, answer: HTMLTextAreaElement): void {
    learnOf(answer);
    if (html !== write(this.#view.state.doc)) this.#view.updateState(this.#state(html));
    this.#toolbar.refresh();
    this.#area.value = html;
  }

  /** Error and help belong to the editor as they do to the text area. */
  describe(answer: HTMLTextAreaElement): void {
    const dom = this.#view.dom;
    const described = answer.getAttribute("aria-describedby");
    dom.setAttribute("aria-describedby", [described, this.#hint.id].filter(Boolean).join(" "));
    for (const name of ["aria-describedby", "aria-invalid"]) {
      const value = answer.getAttribute(name);
      for (const element of name === "aria-invalid" ? [dom, this.#area] : [this.#area]) {
        if (value === null) element.removeAttribute(name);
        else element.setAttribute(name, value);
      }
    }
    this.#frame.toggleAttribute("data-invalid", answer.getAttribute("aria-invalid") === "true");
  }

  destroy(): void {
    this.#view.destroy();
    this.#frame.remove();
  }

  #state(html: string): EditorState {
    const plugins = [this.#rules, history(), gapCursor(), tableEditing()];
    return EditorState.create({ doc: read(html), plugins });
  }

  /** Pictures that were dropped or pasted as files go into the library, and from there into the text. */
  #takeFiles(files: FileList): boolean {
    this.#note(0);
    if (mayUpload(this.#view)) editImage(this.#view, [...files]);
    else this.#tell("Only those who may add images to the library can put new ones into a text. Ask an editor to add it.");
    return true;
  }

  /** Says how many images were left out of what was pasted. */
  #note(images: number): void {
    this.#said.hidden = true;
    if (images === 0) return;
    const what = images === 1 ? "An image was left out" : `${images} images were left out`;
    const how = mayUpload(this.#view) ? "Copy it by itself, or drag its file here." : "Put it there first, then insert it here.";
    this.#tell(`${what}: images come from the library. ${how}`);
  }

  #tell(text: string): void {
    this.#said.textContent = text;
    this.#said.hidden = false;
    announce(text);
  }
}

/** What a form tells of the items that its text names. */
function learnOf(area: HTMLTextAreaElement): void {
  const told = area.dataset["items"];
  if (told) learn(JSON.parse(told) as Item[]);
}
