// How an image stands in the text while it is edited; the server's
// `admin::form::rich` shows the same until the editor is there.
import type { Node } from "prosemirror-model";
import type { NodeView } from "prosemirror-view";
import { make } from "../make.ts";
import { itemOf } from "./items.ts";

export function figure(node: Node): NodeView {
  const item = itemOf(String(node.attrs["media"]));
  const alt = String(node.attrs["alt"]) || item?.alternative || item?.title || "An image that is not in the library any more";
  const dom = make("figure");
  if (item?.thumbnail) dom.append(make("img", { src: item.thumbnail, alt }));
  else dom.append(make("p", {}, alt));
  if (item) dom.append(make("figcaption", {}, item.title, item.state === "draft" ? ", draft: readers see it once it is published" : ""));
  return { dom };
}
