// The dialog in which an image of the library is put into the text, and what
// it shows there is said.
import { NodeSelection } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { announce } from "../announce.ts";
import { make } from "../make.ts";
import { Dialog } from "./dialog.ts";
import { Finder } from "./finder.ts";
import { itemOf } from "./items.ts";
import { nodes } from "./schema.ts";

/** Chooses an image, or changes what is said of the one that is chosen in the text. */
export function editImage(view: EditorView): void {
  const { selection } = view.state;
  const old = selection instanceof NodeSelection && selection.node.type === nodes.figure ? selection.node : undefined;
  const dialog = new Dialog(old ? "Image" : "Insert image");
  if (old) {
    say(view, dialog, String(old.attrs["media"]), String(old.attrs["alt"]), (alt) => {
      view.dispatch(view.state.tr.setNodeMarkup(selection.from, null, { ...old.attrs, alt }));
      announce("Image changed");
    });
    dialog.foot.prepend(
      dialog.button("Remove image", () => {
        dialog.close();
        view.dispatch(view.state.tr.deleteSelection());
        announce("Image removed");
      }),
    );
    dialog.open(() => view.focus());
    return;
  }
  const finder = new Finder({
    label: "Image of the library",
    help: "Type its name or what it shows. New ones are uploaded under ‘Media’.",
    images: true,
    own: () => [],
    chosen({ item }) {
      if (!item) return;
      finder.close();
      dialog.body.replaceChildren();
      say(view, dialog, item.id, "", (alt) => {
        insert(view, item.id, alt);
        announce(`Image inserted: ${item.title}`);
      });
      dialog.body.querySelector("input")?.focus();
    },
  });
  dialog.body.append(finder.element);
  dialog.open(() => {
    finder.close();
    view.focus();
  });
  finder.open("");
}

/** Asks what the image shows in this place. */
function say(view: EditorView, dialog: Dialog, media: string, alt: string, take: (alt: string) => void): void {
  const item = itemOf(media);
  const input = make("input", { type: "text", id: "rich-alt", maxlength: "300", "aria-describedby": "rich-alt-help" });
  input.value = alt;
  const library = item?.alternative ? `Left empty: ‘${item.alternative}’, as the library says.` : "Left empty, it is as the library says.";
  const done = (): void => {
    dialog.close();
    take(input.value.trim());
    view.focus();
  };
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    done();
  });
  if (item?.thumbnail) dialog.body.append(make("img", { src: item.thumbnail, alt: "", class: "rich-preview" }));
  dialog.body.append(
    make("p", { class: "now" }, make("b", {}, item?.title ?? "An image that is not in the library any more")),
    make("div", { class: "field" },
      make("label", { for: "rich-alt" }, "What it shows here"),
      make("p", { class: "help", id: "rich-alt-help" }, "For those who cannot see it. ", library),
      input,
    ),
  );
  dialog.foot.prepend(dialog.button(dialog.element.open ? "Insert" : "Save", done, true));
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
