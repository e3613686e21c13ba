// Looks at a page wide and narrow, light and dark: axe finds nothing, nothing is wider than the window, the console stays empty.
import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";

/** Where pictures of all pages go, if anybody wants them. */
const SCREENS = process.env["RECTO_SCREENS"];
const TAGS = { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] };
/** All that can differ between light and dark. */
const OF_COLOUR = { type: "rule", values: ["color-contrast", "link-in-text-block"] };
/** What is looked at: width, height, and in which colours. 720 is a wide window at 200 %. */
const LOOKS = [
  { width: 1440, height: 900, colours: ["light", "dark"] },
  { width: 720, height: 450, colours: [] },
  { width: 390, height: 844, colours: ["light", "dark"] },
  { width: 360, height: 740, colours: [] },
];

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
if (SCREENS) await mkdir(SCREENS, { recursive: true });

/** Looks at the page as it stands, in every way. */
export async function look(name, { context, page, faults }, widths) {
  await page.evaluate(() => document.fonts.ready);
  if (await page.locator("textarea[data-rich]:enabled").count()) await page.locator(".ProseMirror").first().waitFor();
  const devtools = await context.newCDPSession(page);
  await devtools.send("Runtime.evaluate", { expression: axe });
  const wrong = [];
  for (const { width, height, colours } of LOOKS) {
    if (widths && !widths.includes(width)) continue;
    await page.setViewportSize({ width, height });
    wrong.push(...(await page.evaluate(tooWide)).map((what) => `${width}: ${what}`));
    // The whole page at once: what a bar that sticks to the window's edge covers for a moment is not covered.
    const whole = await page.evaluate(() => document.documentElement.scrollHeight);
    if (colours.length > 0) await page.setViewportSize({ width, height: Math.max(height, whole) });
    for (const colorScheme of colours) {
      await page.emulateMedia({ colorScheme });
      const rules = colorScheme === "light" ? TAGS : OF_COLOUR;
      wrong.push(...(await page.evaluate(violations, rules)).map((what) => `${width} ${colorScheme}: ${what}`));
      if (SCREENS) await page.screenshot({ path: `${SCREENS}/${name}-${width}-${colorScheme}.png` });
    }
  }
  assert.deepEqual([...wrong, ...faults], []);
}

/** What stands out of the window, told by its class. */
function tooWide() {
  const width = document.documentElement.clientWidth;
  const found = [];
  if (document.documentElement.scrollWidth > width) found.push(`the page scrolls to ${document.documentElement.scrollWidth}`);
  for (const element of document.body.querySelectorAll("*")) {
    if (!element.checkVisibility({ visibilityProperty: true }) || element.closest(".visually-hidden, thead, svg")) continue;
    const { left, right, height } = element.getBoundingClientRect();
    if (height > 0 && (right > width + 1 || left < -1)) {
      found.push(`${element.tagName} ${element.className || element.id} from ${Math.round(left)} to ${Math.round(right)}`);
    }
  }
  return found.slice(0, 5);
}

async function violations(runOnly) {
  const result = await window.axe.run(document, { runOnly, resultTypes: ["violations"], preload: false });
  return result.violations.flatMap(({ id, nodes }) =>
    nodes.slice(0, 3).map((node) => `${id}: ${node.html.slice(0, 140)} ${node.failureSummary.slice(0, 260)}`),
  );
}
