// Tells which of the API's answers a change cannot have touched, so that a rebuild asks only for the rest.

/**
 * The addresses of the answers that stand after these entries of `/changes`: those whose cache tags
 * name nothing that the entries tell to drop. An item's head stands or falls with the item, for it
 * says in other words what the item shows; its own tags are wider than that.
 *
 * @param {Map<string, { tags: string[] }>} answers By address.
 * @param {{ tags: string[] }[]} changes
 * @returns {Set<string>}
 */
export function current(answers, changes) {
  const dropped = new Set(changes.flatMap(({ tags }) => tags));
  const stands = ({ tags }) => tags.length > 0 && !tags.some((tag) => dropped.has(tag));
  return new Set(
    [...answers.keys()].filter((url) => {
      const item = url.replace(/\/head$/, "");
      return stands(answers.get(answers.has(item) ? item : url));
    }),
  );
}
