// What the editor knows of the items that a text names: what they are called
// and whether readers can see them.
export interface Item {
  id: string;
  title: string;
  /** What kind of item it is: 'Project'. */
  label: string;
  /** What tells two of one title apart. */
  second: string;
  /** Whether readers can see it: 'draft' until it is published, 'gone' when it lies in the trash. */
  state: "draft" | "public" | "gone";
  /** Where it is edited. */
  edit: string;
  /** Of an image: a small one to look at. */
  thumbnail?: string;
  /** Of an image: the classes that keep its focal point in sight where it is cropped. */
  crop?: string | null;
  /** Of an image: what the library says that it shows; nothing of one that only decorates. */
  alternative?: string;
  /** Of an image: the library says neither what it shows nor that it only decorates. */
  silent?: boolean;
}

const known = new Map<string, Item>();

export function learn(items: Item[]): void {
  for (const item of items) known.set(item.id, item);
}

export function itemOf(id: string): Item | undefined {
  return known.get(id);
}

/** Items that fit what was typed, the best first; none where the server cannot be reached. */
export async function find(typed: string, images: boolean, signal: AbortSignal): Promise<Item[] | undefined> {
  const query = new URLSearchParams({ q: typed });
  if (images) query.set("of", "images");
  try {
    const answer = await fetch(`/admin/find?${query}`, { signal, headers: { Accept: "application/json" } });
    if (!answer.ok || answer.redirected) return undefined;
    const items = (await answer.json()) as Item[];
    learn(items);
    return items;
  } catch {
    return undefined;
  }
}

/** Tells the library what an image shows, or, by no words, that it only decorates; whether it could be told. */
export async function describe(id: string, words: string): Promise<boolean> {
  try {
    const answer = await fetch(`/admin/media/${id}/describe`, { method: "POST", body: new URLSearchParams({ words }), headers: { Accept: "application/json" } });
    if (!answer.ok || answer.redirected) return false;
    learn([(await answer.json()) as Item]);
    return true;
  } catch {
    return false;
  }
}

/** What somebody should know of a link to this item. */
export function told(id: string): string {
  const item = itemOf(id);
  if (!item) return "Something that is not here any more";
  const state = { draft: ", draft: readers see the words without a link until it is published", gone: ", in the trash: readers see the words without a link", public: "" };
  // Some titles begin with what they are the title of.
  const name = item.title.startsWith(item.label) ? item.title : `${item.label}: ${item.title}`;
  return `${name}${state[item.state]}`;
}
