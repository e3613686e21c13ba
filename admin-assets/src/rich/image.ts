// The dialog in which images are put into the text, from the library or new
// ones, and what they show there is said.
import { NodeSelection, Selection } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { announce } from "../announce.ts";
import { make } from "../make.ts";
import { Dialog, back } from "./dialog.ts";
import { Finder } from "./finder.ts";
import { type Item, describe, itemOf, learn } from "./items.ts";
import { nodes } from "./schema.ts";

/** Whether whoever writes here may add images to the library. */
export function mayUpload(view: EditorView): boolean {
  return zoneFor(view) !== undefined;
}

/**
 * Chooses images, or changes what is said of the one that is chosen in the text. `files` were dropped
 * or pasted into the text: they are uploaded, then asked about.
 */
export function editImage(view: EditorView, files: File[] = []): void {
  const { selection } = view.state;
  const figure = selection instanceof NodeSelection && selection.node.type === nodes.figure ? selection.node : undefined;
  if (figure && files.length === 0) {
    const dialog = new Dialog("Image");
    say(dialog, String(figure.attrs["media"]), String(figure.attrs["alt"]), "Save", (alt) => {
      dialog.close();
      view.dispatch(view.state.tr.setNodeMarkup(selection.from, null, { ...figure.attrs, alt }));
      announce("Image changed");
    });
    dialog.foot.prepend(
      dialog.button("Remove image", () => {
        dialog.close();
        view.dispatch(view.state.tr.deleteSelection());
        announce("Image removed");
      }),
    );
    dialog.open(() => back(view));
    return;
  }
  const dialog = new Dialog("Insert image");
  const finder = new Finder({
    label: "Image of the library",
    help: "Type its name or what it shows.",
    images: true,
    own: () => [],
    chosen({ item }) {
      if (!item) return;
      finder.close();
      ask(view, dialog, [item]);
    },
  });
  const zone = zoneFor(view);
  zone?.addEventListener("uploaded", (event) => {
    const { items, all } = (event as CustomEvent<{ items: Item[]; all: boolean }>).detail;
    learn(items);
    // Where one was refused its line says why. What somebody did not wait for lies in the library.
    if (!zone.isConnected || items.length === 0) return;
    if (!all) announce("Not all were uploaded");
    finder.close();
    ask(view, dialog, items);
  });
  dialog.body.append(finder.element);
  if (zone) dialog.body.append(zone);
  dialog.open(() => {
    finder.close();
    back(view);
  });
  finder.open("");
  const input = zone?.querySelector<HTMLInputElement>("input");
  if (!input || files.length === 0) return;
  const chosen = new DataTransfer();
  for (const file of files) chosen.items.add(file);
  input.files = chosen.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

/** The place for new images that the form has for this text. */
function zoneFor(view: EditorView): HTMLElement | undefined {
  const template = view.dom.closest("[data-rich-host]")?.querySelector("template");
  const zone = template?.content.firstElementChild?.cloneNode(true);
  return zone instanceof HTMLElement ? zone : undefined;
}

/** Asks of one after the other what it shows, and puts it into the text. */
function ask(view: EditorView, dialog: Dialog, [item, ...others]: Item[]): void {
  if (!item) {
    dialog.close();
    // What is typed now stands below the last one, not in its place.
    const { state } = view;
    const below = Selection.findFrom(state.doc.resolve(state.selection.to), 1, true);
    if (below) view.dispatch(state.tr.setSelection(below));
    return;
  }
  const refused = [...dialog.body.querySelectorAll(".uploads .error")];
  dialog.body.replaceChildren(...refused);
  for (const button of [...dialog.foot.children].slice(0, -1)) button.remove();
  say(dialog, item.id, "", "Insert", (alt) => {
    insert(view, item.id, alt);
    announce(`Image inserted: ${item.title}`);
    ask(view, dialog, others);
  });
  dialog.body.querySelector("input")?.focus();
}

/** Asks what the image shows in this place; where the library does not know, what it shows anywhere. */
function say(dialog: Dialog, media: string, alt: string, deed: string, take: (alt: string) => void): void {
  const item = itemOf(media);
  const silent = item?.silent === true;
  const input = make("input", { type: "text", id: "rich-alt", maxlength: "300", "aria-describedby": "rich-alt-help" });
  input.value = alt;
  const decorates = make("input", { type: "checkbox", id: "rich-decorates" });
  const help = silent
    ? "For those who cannot see it; needed before readers get it. The library keeps it, too."
    : `For those who cannot see it. Left empty, it is as the library says${item?.alternative ? `: ‘${item.alternative}’` : item?.alternative === "" ? ": nothing, the image only decorates" : ""}.`;
  let said = false;
  const done = async (): Promise<void> => {
    if (said) return;
    said = true;
    const words = input.value.trim();
    // Of one that is silent in the library the text says nothing of its own, unless the library cannot be told.
    const told = silent && (words || decorates.checked) && (await describe(media, decorates.checked ? "" : words));
    take(told ? "" : words);
  };
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    void done();
  });
  decorates.addEventListener("change", () => (input.disabled = decorates.checked));
  if (item?.thumbnail) dialog.body.append(make("img", { src: item.thumbnail, alt: "", class: "rich-preview" }));
  const name = make("p", { class: "now" }, make("b", {}, item?.title ?? "An image that is not in the library any more"));
  if (item?.state === "draft") name.append(" ", make("span", { class: "state state-draft" }, "Draft"), make("small", {}, "Readers see it once it is published, which is offered when you publish this text."));
  const field = make("div", { class: "field" },
    make("label", { for: "rich-alt" }, silent ? "What it shows" : "What it shows here"),
    make("p", { class: "help", id: "rich-alt-help" }, help),
    input,
  );
  if (silent) field.append(make("label", { class: "choice" }, decorates, " It only decorates; screen readers pass over it"));
  dialog.body.append(name, field);
  dialog.foot.prepend(dialog.button(deed, () => void done(), true));
}

/** Puts an image after the block with the caret, or in the place of an empty one. */
function insert(view: EditorView, media: string, alt: string): void {
  const { state } = view;
  const { $from } = state.selection;
  const figure = nodes.figure.create({ media, alt });
  const outer = $from.depth > 0 ? $from.node(1) : undefined;
  const blank = outer?.type === nodes.paragraph && outer.childCount === 0;
  const at = $from.depth > 0 ? (blank ? $from.before(1) : $from.after(1)) : state.selection.to;
  const tr = state.tr.replaceWith(at, blank ? $from.after(1) : at, figure);
  // There must be somewhere to go on below it.
  if (at + figure.nodeSize >= tr.doc.content.size) tr.insert(at + figure.nodeSize, nodes.paragraph.create());
  view.dispatch(tr.setSelection(NodeSelection.create(tr.doc, at)).scrollIntoView());
}
