// Tells Eleventy where templates and files are, and which words templates may use.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import * as format from "./lib/format.js";

const FONTS = {
  "source-serif-4": ["opsz", "opsz-italic"],
  "source-sans-3": ["wght", "wght-italic"],
};

/** @param {import("@11ty/eleventy").UserConfig} config */
export default function (config) {
  for (const name of ["date", "longDate", "month", "leaf", "when", "years", "source", "count", "host", "mailto", "prose"]) {
    config.addFilter(name, format[name]);
  }
  config.addFilter("by", (items, ...keys) => format.grouped(items, (item) => keys.reduce((value, key) => value?.[key], item)));
  config.addFilter("where", (items, key, value) => items.filter((item) => item[key] === value));
  config.addFilter("isIn", (path, section) => path === section || path.startsWith(`${section}/`));
  config.addFilter("origin", (address) => new URL(address).origin);
  // The file that a static host serves at an address without an ending.
  config.addFilter("file", (path) => (path === "/" ? "/index.html" : `${path}.html`));
  // So that browsers may keep files for long and still see new ones.
  config.addFilter("versioned", (url) => {
    const file = path.join(import.meta.dirname, "assets", path.basename(url));
    return `${url}?v=${createHash("sha256").update(readFileSync(file)).digest("hex").slice(0, 10)}`;
  });

  config.addPassthroughCopy({ assets: "assets" });
  for (const [family, faces] of Object.entries(FONTS)) {
    const folder = `node_modules/@fontsource-variable/${family}`;
    config.addPassthroughCopy({ [`${folder}/LICENSE`]: `assets/fonts/${family}/LICENSE` });
    for (const face of faces) {
      config.addPassthroughCopy({ [`${folder}/${face}.css`]: `assets/fonts/${family}/${face}.css` });
      const style = face.includes("italic") ? "italic" : "normal";
      config.addPassthroughCopy({ [`${folder}/files/*-${face.replace("-italic", "")}-${style}.woff2`]: `assets/fonts/${family}/files` });
    }
  }
}

export const config = {
  dir: { input: "pages", includes: "../templates" },
  templateFormats: ["njk"],
};
