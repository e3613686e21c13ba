// The editor's keys and signs, as a dialog.
import { make } from "../make.ts";
import { Dialog } from "./dialog.ts";
import { DEEDS, printed } from "./keys.ts";

const MORE: [name: string, keys: string][] = [
  ["Link", printed("Mod-k")],
  ["Line break", printed("Shift-Enter")],
  ["Deeper or higher in a list", `Tab, ${printed("Shift-Tab")}`],
  ["Next or previous cell of a table", `Tab, ${printed("Shift-Tab")}`],
  ["To the toolbar, and back", `${printed("Alt-F10")}, Escape`],
  ["Leave the text", "Escape, then Tab"],
];

const SIGNS: [typed: string, name: string][] = [
  ["## ", "Heading 2, ### and #### below"],
  ["- ", "Bulleted list"],
  ["1. ", "Numbered list"],
  ["> ", "Quotation"],
  ["**words**", "Bold"],
  ["*words*", "Italic"],
  ["[words](address)", "Link"],
];

export function showHelp(closed: () => void): void {
  const dialog = new Dialog("Writing without the mouse");
  const rows = (pairs: [string, string][], first: "name" | "key"): HTMLElement =>
    make("dl", { class: "rich-keys" },
      ...pairs.map(([one, other]) => {
        const [name, key] = first === "name" ? [one, other] : [other, one];
        const keys = key.split(", ").flatMap((part, at) => (at === 0 ? [make("kbd", {}, part)] : [" ", make("kbd", {}, part)]));
        return make("div", {}, make("dt", {}, name), make("dd", {}, ...keys));
      }),
    );
  const keys = Object.entries(DEEDS).map(([name, [key]]): [string, string] => [name, printed(key)]);
  dialog.body.append(
    make("h3", {}, "Keys"),
    rows([...keys, ...MORE], "name"),
    make("h3", {}, "Typed at the start of a line, or around words"),
    rows(SIGNS, "key"),
    make("p", { class: "help" }, "Backspace right after takes such a change back."),
  );
  dialog.open(closed);
}
