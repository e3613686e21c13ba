// Tells Eleventy where templates and files are, and which words templates may use.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import * as format from "./lib/format.js";

const ASSETS = path.join(import.meta.dirname, "assets");
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
  const versions = new Map(readdirSync(ASSETS).map((name) => [`/assets/${name}`, digest(path.join(ASSETS, name))]));
  config.addFilter("versioned", (url) => `${url}?v=${versions.get(url)}`);

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

function digest(file) {
  return createHash("sha256").update(readFileSync(file)).digest("hex").slice(0, 10);
}

export const config = {
  dir: { input: "pages", includes: "../templates" },
  templateFormats: ["njk"],
};
