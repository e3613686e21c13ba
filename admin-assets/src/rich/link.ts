// The dialog in which a link is made, changed or taken away: to an item of our
// own, found by its name, or to an address.
import type { EditorState } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { announce } from "../announce.ts";
import { make } from "../make.ts";
import { meant, ownId } from "./address.ts";
import { Dialog, back } from "./dialog.ts";
import { type Choice, Finder } from "./finder.ts";
import { told } from "./items.ts";
import { marks, schema } from "./schema.ts";

export interface Link {
  href: string;
  from: number;
  to: number;
}

/** The link at the caret, or at the start of what is chosen, with all its words. */
export function linkAt(state: EditorState): Link | undefined {
  const { $from, from, empty } = state.selection;
  const parent = $from.parent;
  if (!parent.inlineContent) return undefined;
  const start = $from.start();
  const pieces: Link[] = [];
  parent.forEach((node, offset) => {
    const mark = marks.link.isInSet(node.marks);
    const last = pieces.at(-1);
    const at = start + offset;
    if (!mark) return;
    if (last && last.to === at && last.href === mark.attrs["href"]) last.to = at + node.nodeSize;
    else pieces.push({ href: String(mark.attrs["href"]), from: at, to: at + node.nodeSize });
  });
  return pieces.find((piece) => (empty ? piece.from < from && from <= piece.to : piece.from <= from && from < piece.to));
}

/** Whether a link can stand here. */
export function mayLink(state: EditorState): boolean {
  return state.selection.$from.parent.inlineContent && state.selection.$from.sameParent(state.selection.$to);
}

/** What readers of the page are told of a link. */
export function described(href: string): string {
  const id = ownId(href);
  return id ? told(id) : href.replace(/^mailto:|^tel:/, "");
}

export function editLink(view: EditorView): void {
  const { state } = view;
  if (!mayLink(state)) {
    announce("A link is made of words of one paragraph");
    return;
  }
  const old = linkAt(state);
  const { from, to } = old ?? state.selection;
  const words = state.doc.textBetween(from, to, " ");
  const dialog = new Dialog(old ? "Change link" : "Link");

  const text = make("input", { type: "text", id: "rich-words", maxlength: "500", "aria-describedby": "rich-words-help rich-words-error" });
  const problem = make("p", { class: "error", id: "rich-words-error", role: "alert" });
  const take = (href: string, title: string): void => {
    const said = words || text.value.trim() || title;
    const link = marks.link.create({ href });
    const tr = state.tr;
    if (words) tr.removeMark(from, to, marks.link).addMark(from, to, link);
    else tr.replaceWith(from, to, schema.text(said, link.addToSet(state.storedMarks ?? state.selection.$from.marks())));
    dialog.close();
    view.dispatch(tr.removeStoredMark(marks.link).scrollIntoView());
    announce(`Link to ${described(href)}`);
  };
  const finder = new Finder({
    label: "Link to",
    help: "Type the name of a page, project, person, document … or paste a web or e-mail address.",
    images: false,
    own(typed) {
      const href = meant(typed);
      if (!href) return [];
      const mail = href.startsWith("mailto:");
      const second = mail ? "E-mail address" : href.startsWith("/") ? "Path of the public site" : href.startsWith("tel:") ? "Telephone" : "Web address";
      return [{ title: href.replace(/^mailto:|^tel:/, ""), second, draft: false, href }];
    },
    chosen({ item, href, title, draft }: Choice) {
      if (draft && !words && !text.value.trim()) {
        // The title of a draft must not come before readers with the link.
        problem.textContent = "This is a draft, so its title is not public yet. Write the words of the link.";
        text.setAttribute("aria-invalid", "true");
        text.focus();
        return;
      }
      take(item ? `recto:${item.id}` : (href ?? ""), title);
    },
  });

  if (old) {
    dialog.body.append(make("p", { class: "now" }, make("b", {}, `‘${words}’`), " leads to ", described(old.href)));
    dialog.foot.prepend(
      dialog.button("Remove link", () => {
        dialog.close();
        view.dispatch(view.state.tr.removeMark(from, to, marks.link));
        announce("Link removed");
      }),
    );
  } else if (words) {
    dialog.body.append(make("p", { class: "now" }, "Words of the link: ", make("b", {}, words)));
  } else {
    dialog.body.append(
      make("div", { class: "field" },
        make("label", { for: "rich-words" }, "Words of the link"),
        make("p", { class: "help", id: "rich-words-help" }, "Left empty, it says the title or the address."),
        text,
        problem,
      ),
    );
  }
  dialog.body.append(finder.element);
  dialog.open(() => {
    finder.close();
    back(view);
  });
  finder.open(old && !ownId(old.href) ? described(old.href) : "");
}

/** What is pasted as one address alone: the words that are chosen lead there, or it stands as a link. */
export function pasteAddress(view: EditorView, typed: string): boolean {
  const text = typed.trim();
  if (!/^(?:https?:\/\/|mailto:)\S+$/i.test(text)) return false;
  const href = meant(text);
  const { state } = view;
  if (!href || !mayLink(state)) return false;
  const { from, to, empty } = state.selection;
  const link = marks.link.create({ href });
  const tr = empty ? state.tr.replaceSelectionWith(schema.text(described(href), [link]), false) : state.tr.addMark(from, to, link);
  view.dispatch(tr.removeStoredMark(marks.link).scrollIntoView());
  return true;
}

