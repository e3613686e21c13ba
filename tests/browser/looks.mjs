// Looks at a page wide and narrow, light and dark, in forced colours: axe finds nothing, nothing is wider
// than the window, the focus and what is chosen are seen, the console stays empty.
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
  // 320 is a wide window at 400 % (WCAG 2.2, 1.4.10).
  { width: 320, height: 640, colours: [] },
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
  if (!widths || widths.includes(LOOKS[0].width)) {
    const [{ width, height }] = LOOKS;
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ forcedColors: "active", colorScheme: "light" });
    wrong.push(...(await page.evaluate(unseen)).map((what) => `forced colours: ${what}`));
    if (SCREENS) await page.screenshot({ path: `${SCREENS}/${name}-forced.png` });
    await page.emulateMedia({ forcedColors: "none" });
  }
  assert.deepEqual([...wrong, ...faults], []);
}

/** What cannot be told or read in the few colours that somebody has chosen: states that look like others, and texts in colours of ours. */
function unseen() {
  const LOOK = ["backgroundColor", "color", "outlineStyle", "textDecorationLine", "borderTopColor", "borderTopWidth", "borderTopStyle", "borderBottomColor", "borderBottomWidth", "borderBottomStyle"];
  const STATES = ["aria-selected", "aria-current", "aria-pressed", "aria-checked"];
  const seen = (element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest(".visually-hidden");
  const name = (element) => element.outerHTML.slice(0, 120);
  const found = [];
  for (const state of STATES) {
    const is = (element) => ![null, "false"].includes(element.getAttribute(state));
    for (const element of document.querySelectorAll(`[${state}]`)) {
      const around = element.parentElement.closest("ul, ol, tr, table, [role], nav") ?? document.body;
      const peer = [...around.querySelectorAll(element.tagName)].find((one) => !is(one) && seen(one) && one.className === element.className && !one.disabled);
      if (!is(element) || !seen(element) || !peer) continue;
      const [one, other] = [getComputedStyle(element), getComputedStyle(peer)];
      if (LOOK.every((what) => one[what] === other[what])) found.push(`looks like any other: ${name(element)}`);
    }
  }
  const parts = (colour) => colour.match(/[\d.]+/g).map(Number);
  const light = (colour) => {
    const [red, green, blue] = parts(colour).map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  for (const element of document.querySelectorAll("body *")) {
    if (getComputedStyle(element).forcedColorAdjust !== "none" || !element.textContent.trim() || !seen(element) || element.closest("svg")) continue;
    let behind = element;
    while (behind.parentElement && parts(getComputedStyle(behind).backgroundColor)[3] === 0) behind = behind.parentElement;
    const [one, other] = [light(getComputedStyle(element).color), light(getComputedStyle(behind).backgroundColor)].sort((a, b) => b - a);
    if ((one + 0.05) / (other + 0.05) < 4.5) found.push(`cannot be read: ${name(element)}`);
  }
  return found.slice(0, 5);
}

/** In forced colours: whatever can have the focus shows it. Moves the focus, so nothing else comes after it. */
export async function lookAtFocus({ page }) {
  await page.emulateMedia({ forcedColors: "active" });
  // A browser shows the focus that a script sets only to people who use the keyboard.
  await page.keyboard.press("Tab");
  assert.deepEqual(await page.evaluate(unseenFocus), [], "forced colours: the focus is not seen");
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
  for (const dialog of document.querySelectorAll("dialog[open]")) {
    const { top, bottom } = dialog.getBoundingClientRect();
    if (top < 0 || bottom > innerHeight) found.push(`a dialog from ${Math.round(top)} to ${Math.round(bottom)} of ${innerHeight}`);
  }
  return found.slice(0, 5);
}

/** One of each kind of what can have the focus, where neither it nor what frames it gets a line by that. */
function unseenFocus() {
  const line = (element) => {
    const { outlineStyle, outlineWidth, outlineOffset } = getComputedStyle(element);
    return outlineStyle === "none" ? "" : `${outlineStyle} ${outlineWidth} ${outlineOffset}`;
  };
  const controls = "a[href], button:enabled, input:enabled, select:enabled, textarea:enabled, summary, [tabindex='0'], .ProseMirror[contenteditable=true]";
  const seen = new Set();
  const found = [];
  for (const element of document.querySelectorAll(controls)) {
    const kind = `${element.tagName} ${element.className} ${element.type} ${element.parentElement.className}`;
    if (seen.has(kind) || !element.checkVisibility({ visibilityProperty: true })) continue;
    seen.add(kind);
    document.activeElement?.blur();
    const frames = [element, element.closest(".rich, .tick, .cell-box, td")].filter(Boolean);
    const before = frames.map(line);
    element.focus({ preventScroll: true });
    // What does not take it stands behind a dialog.
    if (document.activeElement !== element) continue;
    if (frames.every((frame, at) => line(frame) === "" || line(frame) === before[at])) found.push(element.outerHTML.slice(0, 140));
  }
  return found.slice(0, 5);
}

async function violations(runOnly) {
  const result = await window.axe.run(document, { runOnly, resultTypes: ["violations"], preload: false });
  return result.violations.flatMap(({ id, nodes }) =>
    nodes.slice(0, 3).map((node) => `${id}: ${node.html.slice(0, 140)} ${node.failureSummary.slice(0, 260)}`),
  );
}
