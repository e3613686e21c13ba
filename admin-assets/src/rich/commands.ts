// What can be done with a text: commands, and whether they are in force where
// the caret stands. Toolbar, keys and rules share them.
import { chainCommands, lift, setBlockType, toggleMark, wrapIn } from "prosemirror-commands";
import type { Attrs, MarkType, Node, NodeType } from "prosemirror-model";
import { liftListItem, sinkListItem, wrapInList } from "prosemirror-schema-list";
import { AllSelection, type Command, type EditorState, TextSelection } from "prosemirror-state";
import { CellSelection, goToNextCell, isInTable, mergeCells, splitCell } from "prosemirror-tables";
import { nodes } from "./schema.ts";

export function hasMark(state: EditorState, type: MarkType): boolean {
  const { from, to, empty, $from } = state.selection;
  if (empty) return Boolean(type.isInSet(state.storedMarks ?? $from.marks()));
  return state.doc.rangeHasMark(from, to, type);
}

/** The innermost node of this type around the caret. */
export function around(state: EditorState, ...types: NodeType[]): Node | undefined {
  const { $from } = state.selection;
  for (let depth = $from.depth; depth > 0; depth -= 1) {
    if (types.includes($from.node(depth).type)) return $from.node(depth);
  }
  return undefined;
}

export function level(state: EditorState): number {
  const parent = state.selection.$from.parent;
  return parent.type === nodes.heading ? Number(parent.attrs["level"]) : 0;
}

export const listed = (state: EditorState): Node | undefined => around(state, nodes.bullet_list, nodes.ordered_list);

export const mark = (type: MarkType): Command => toggleMark(type, null, { removeWhenPresent: false });

export const paragraph: Command = setBlockType(nodes.paragraph);

export const heading = (level: number): Command => setBlockType(nodes.heading, { level });

/** Wraps what is chosen; headings in it become paragraphs first: they have no place inside of anything. */
function wrapped(wrap: Command): Command {
  return (state, dispatch) => {
    const { from, to } = state.selection;
    let headed = false;
    state.doc.nodesBetween(from, to, (node) => {
      headed ||= node.type === nodes.heading;
    });
    if (!headed) return wrap(state, dispatch);
    let wraps = false;
    paragraph(state, (tr) => {
      wraps = wrap(state.apply(tr), (then) => {
        for (const step of then.steps) tr.step(step);
      });
      if (wraps) dispatch?.(tr);
    });
    return wraps;
  };
}

/** Turns what is chosen into a list of this kind, from the other kind too; or back. */
export function list(type: NodeType, attrs: Attrs | null = null): Command {
  return (state, dispatch) => {
    const { $from, $to } = state.selection;
    const range = $from.blockRange($to);
    const depth = range ? depthOfList(range.$from, range.depth) : 0;
    if (depth === 0) return wrapped(wrapInList(type, attrs))(state, dispatch);
    if ($from.node(depth).type === type) return liftListItem(nodes.list_item)(state, dispatch);
    dispatch?.(state.tr.setNodeMarkup($from.before(depth), type, attrs));
    return true;
  };
}

function depthOfList($from: EditorState["selection"]["$from"], from: number): number {
  for (let depth = from; depth > 0; depth -= 1) {
    if ([nodes.bullet_list, nodes.ordered_list].includes($from.node(depth).type)) return depth;
  }
  return 0;
}

export const quote: Command = (state, dispatch) =>
  around(state, nodes.quote) ? lift(state, dispatch) : wrapped(wrapIn(nodes.quote))(state, dispatch);

export const deeper: Command = sinkListItem(nodes.list_item);
export const shallower: Command = liftListItem(nodes.list_item);

/** All words, where words stand at both ends; so that lists and headings can be made of them. */
export const everything: Command = (state, dispatch) => {
  const all = new AllSelection(state.doc);
  const words = [state.doc.firstChild, state.doc.lastChild].every((block) => block?.type.spec["tableRole"] === undefined && !block?.isAtom);
  const selection = words ? TextSelection.between(all.$from, all.$to) : all;
  dispatch?.(state.tr.setSelection(selection));
  return true;
};

export const lineBreak: Command = (state, dispatch) => {
  dispatch?.(state.tr.replaceSelectionWith(nodes.hard_break.create()).scrollIntoView());
  return true;
};

/** A table of three rows and columns, the first row its heading, after the block with the caret. */
export const insertTable: Command = (state, dispatch) => {
  const { $from } = state.selection;
  if (isInTable(state) || $from.depth === 0) return false;
  const row = (type: NodeType): Node => nodes.table_row.create(null, [1, 2, 3].map(() => type.createAndFill() as Node));
  const table = nodes.table.create(null, [row(nodes.table_header), row(nodes.table_cell), row(nodes.table_cell)]);
  const outer = $from.node(1);
  const blank = outer.type === nodes.paragraph && outer.childCount === 0;
  if (dispatch) {
    const at = blank ? $from.before(1) : $from.after(1);
    const tr = state.tr.replaceWith(at, blank ? $from.after(1) : at, table);
    // There must be somewhere to go on below it.
    if (at + table.nodeSize >= tr.doc.content.size) tr.insert(at + table.nodeSize, nodes.paragraph.create());
    dispatch(tr.setSelection(TextSelection.near(tr.doc.resolve(at + 1))).scrollIntoView());
  }
  return true;
};

/** To the next cell; after the last one, into a new row. */
export function nextCell(addRow: Command): Command {
  return chainCommands(goToNextCell(1), (state, dispatch, view) => {
    if (!isInTable(state)) return false;
    if (!dispatch || !view) return true;
    addRow(state, dispatch, view);
    return goToNextCell(1)(view.state, view.dispatch);
  });
}

export const mergeOrSplit: Command = chainCommands(mergeCells, splitCell);

/** What screen readers are told of the place: 'Heading 2', 'Bulleted list, level 2'. */
export function placeName(state: EditorState): string {
  const at = level(state);
  if (at > 0) return `Heading ${at}`;
  const names: string[] = [];
  const { $from } = state.selection;
  let lists = 0;
  for (let depth = $from.depth; depth > 0; depth -= 1) {
    const { type } = $from.node(depth);
    if (type === nodes.bullet_list || type === nodes.ordered_list) {
      if (lists === 0) names.push(type === nodes.bullet_list ? "Bulleted list" : "Numbered list");
      lists += 1;
    } else if (type === nodes.quote) names.push("Quotation");
    else if (type === nodes.table) names.push("Table");
  }
  if (lists > 1) names.splice(1, 0, `level ${lists}`);
  return names.join(", ") || "Paragraph";
}

export const inTable = (state: EditorState): boolean => isInTable(state) || state.selection instanceof CellSelection;

