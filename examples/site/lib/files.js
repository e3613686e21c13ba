// Files of the library: the API tells where they are from its own root, which is not the site's.

/** An answer of the API at this address with the whole addresses of files, in properties and in rich text. */
export function withFiles(answer, api) {
  const root = new URL("../..", `${api}/`).href.replace(/\/$/, "");
  return JSON.parse(JSON.stringify(answer), (key, value) => {
    if (typeof value !== "string" || !value.includes("/media/")) return value;
    if (key === "url") return there(value, root);
    return value.replace(/<(?:a|img) [^>]*>/g, (tag) => tag.replace(/ (?:href|src|srcset)="[^"]*"/g, (attribute) => there(attribute, root)));
  });
}

/** Paths of files at the beginning, after a quotation mark or after a comma, as in `srcset`. */
function there(text, root) {
  return text.replace(/(^|"|, )\/media\//g, `$1${root}/media/`);
}
