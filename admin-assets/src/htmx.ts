// htmx, set up for a strict content security policy and for forms that must
// never lose what was typed. The only module that names htmx's internals.
import htmx from "htmx.org";
import { gridHolds } from "./grid/live.ts";
import { richTextHolds } from "./rich.ts";

htmx.config.history = false;
htmx.config.extensions = "";
// A response with one of these codes carries no form: form.ts says what happened
// and leaves the page as it is. 409 and 422 carry the form again and are swapped.
htmx.config.noSwap = [204, 304, 401, 403, 404, 413, 429, "5xx" as unknown as number];

// htmx adds its indicator styles as a sheet of its own; ours stand in our CSS.
const own = (htmx as unknown as { indicatorStyleSheet?: CSSStyleSheet }).indicatorStyleSheet;
document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== own);

interface MorphNode {
  oldNode: Node;
  newNode: Node;
}

interface MorphAttribute {
  attrName: string;
  newValue: string | null;
}

htmx.registerExtension("recto", {
  // A live editor and a grid stay as they are; only their values are compared with the server's.
  htmx_before_morph_node: (_element: Element, { oldNode, newNode }: MorphNode) => {
    const elements = oldNode instanceof HTMLElement && newNode instanceof HTMLElement;
    return !(elements && (richTextHolds(oldNode, newNode) || gridHolds(oldNode, newNode)));
  },
  // What the reader has folded open or shut stays so.
  htmx_before_morph_attr: (element: Element, { attrName }: MorphAttribute) =>
    !(attrName === "open" && element instanceof HTMLDetailsElement),
});

export { htmx };
