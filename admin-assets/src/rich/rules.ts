// Markdown as one types it, turned into what it means: '## ', '- ', '1. ',
// '> ', **bold**, *italic*, [words](address). Backspace right after takes it back.
import { InputRule, inputRules, textblockTypeInputRule, wrappingInputRule } from "prosemirror-inputrules";
import type { MarkType } from "prosemirror-model";
import type { Plugin } from "prosemirror-state";
import { address } from "./address.ts";
import { marks, nodes } from "./schema.ts";

/** Words between signs get a mark, and the signs go. */
function marked(pattern: RegExp, type: MarkType): InputRule {
  return new InputRule(pattern, (state, match, start, end) => {
    const words = match[1] ?? "";
    const sign = match[0].indexOf(words);
    const tr = state.tr;
    // The closing sign's last character is not in the document yet.
    const from = start + sign;
    const to = from + words.length;
    if (to < end) tr.delete(to, end);
    tr.delete(start, from);
    tr.addMark(start, start + words.length, type.create());
    return tr.removeStoredMark(type);
  });
}

const link = new InputRule(/(?<!!)\[([^[\]]+)\]\(([^()\s]+)\)$/, (state, match, start, end) => {
  const [, words = "", typed = ""] = match;
  const href = address(typed);
  if (!href) return null;
  const tr = state.tr.delete(start + 1 + words.length, end).delete(start, start + 1);
  return tr.addMark(start, start + words.length, marks.link.create({ href })).removeStoredMark(marks.link);
});

/** A web address becomes a link when a space follows. */
const web = new InputRule(/(?:^|[\s(])((?:https?:\/\/|www\.)[^\s<>"]*[\w/])([.,;:!?)]*\s)$/, (state, match, start, end) => {
  const [all, typed = "", after = ""] = match;
  const href = address(typed.startsWith("www.") ? `https://${typed}` : typed);
  if (!href) return null;
  const from = start + all.length - after.length - typed.length;
  if (state.doc.rangeHasMark(from, from + typed.length, marks.link)) return null;
  const tr = state.tr.addMark(from, from + typed.length, marks.link.create({ href }));
  return tr.insertText(" ", end);
});

export function rules(): Plugin {
  return inputRules({
    rules: [
      textblockTypeInputRule(/^(#{1,4})\s$/, nodes.heading, (match) => ({ level: Math.max(2, match[1]?.length ?? 2) })),
      wrappingInputRule(/^\s*[-+*]\s$/, nodes.bullet_list),
      wrappingInputRule(
        /^(\d{1,4})[.)]\s$/,
        nodes.ordered_list,
        (match) => ({ first: Number(match[1]) }),
        (match, before) => before.childCount + Number(before.attrs["first"]) === Number(match[1]),
      ),
      wrappingInputRule(/^\s*>\s$/, nodes.quote),
      marked(/(?<![*\w])\*\*([^*\s](?:[^*]*[^*\s])?)\*\*$/, marks.strong),
      marked(/(?<![_\w])__([^_\s](?:[^_]*[^_\s])?)__$/, marks.strong),
      marked(/(?<![*\w])\*([^*\s](?:[^*]*[^*\s])?)\*$/, marks.em),
      marked(/(?<![_\w])_([^_\s](?:[^_]*[^_\s])?)_$/, marks.em),
      link,
      web,
    ],
  });
}
