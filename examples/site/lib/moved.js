// Earlier addresses of what is public, and where each leads now.

/**
 * @param {{ id: string, paths: string[] }[]} changes The whole change feed: its `paths` end with those of earlier slugs.
 * @param {{ id: string, path: string, title?: string }[]} items Everything that has a page.
 * @returns {{ from: string, to: string }[]}
 */
export function moved(changes, items) {
  const present = new Map(items.map(({ id, path }) => [id, path]));
  const taken = new Set(present.values());
  const found = new Map();
  for (const { id, paths } of changes) {
    const to = present.get(id);
    // The first in `paths` may be early too: what lives below a theme moves with it, and is not told.
    for (const from of to ? paths : []) if (!taken.has(from)) found.set(from, { from, to });
  }
  return [...found.values()];
}
