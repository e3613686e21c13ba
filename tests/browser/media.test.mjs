// The media library by hand: files chosen, dropped and pasted, words demanded, a picture in a project.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";
import { api, env, hand, leads, makeProject, picture, says, signedIn, swap } from "./support.mjs";

const BASE = env("URL");
const LIMIT = { timeout: 120_000 };
const ITEM = /\/admin\/media\/[0-9a-f-]{36}/;

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Finds nothing wrong with the page as it stands. */
async function accessible(context, page) {
  const devtools = await context.newCDPSession(page);
  await devtools.send("Runtime.evaluate", { expression: axe });
  const found = await page.evaluate(async () => {
    const { violations } = await window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"] });
    return violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 120)).join(" | ")}`);
  });
  assert.deepEqual(found, []);
}

test("a file is chosen, described, published and found by the public", LIMIT, async () => {
  const { context, page, faults } = await signedIn(BASE);
  await page.goto("/admin/media/new");
  await accessible(context, page);
  const bridge = await picture(page, "old_bridge.png", 900, 600, "navy");
  await leads(page, ITEM, () => page.setInputFiles("#upload", bridge));
  await says(page, ".flash", /^Uploaded\. The public does not see it until you publish\.$/);
  await says(page, "h1", /^old bridge$/);
  await accessible(context, page);
  const path = new URL(page.url()).pathname;

  // Words are demanded where it is to be public, not before.
  await leads(page, /publish$/, () => page.getByRole("button", { name: "Publish…" }).click());
  await page.getByText("Say what the image shows, or mark it as decorative.").first().waitFor();
  await page.goto(path);
  await page.fill("#f-alternative_text", "An old bridge");
  // The focal point by a press on the picture, or by its numbers.
  const box = await page.locator("[data-focal]").boundingBox();
  await page.mouse.click(box.x + box.width / 4, box.y + box.height / 2);
  assert.equal(await page.inputValue("#f-focal_x"), "25");
  assert.equal(await page.inputValue("#f-focal_y"), "50");
  await page.fill("#f-focal_y", "60");
  await leads(page, /publish$/, () => page.getByRole("button", { name: "Publish…" }).click());
  await leads(page, /done=published/, () => page.getByRole("button", { name: /^Publish/ }).last().click());
  const [media] = (await api(BASE, "/api/v1/media")).filter((one) => one.title === "old bridge");
  assert.equal(media.alternative_text, "An old bridge");
  assert.deepEqual([media.focal_x, media.focal_y, media.width, media.height], [25, 60, 900, 600]);
  assert.deepEqual(media.variants.map((one) => one.width), [320, 640]);
  for (const { url } of [media, ...media.variants]) {
    const answer = await fetch(new URL(url, BASE));
    assert.equal(answer.headers.get("content-type"), "image/png");
  }

  // Another in its place: nothing typed beside it is lost, and the public keeps the old one for now.
  await page.goto(path);
  await page.fill("#f-caption", "From the north");
  await page.setInputFiles("#f-file", await picture(page, "new bridge.jpg", 700, 500, "teal", "image/jpeg"));
  await says(page, "#save-status", /^Not saved yet: .*File/);
  await swap(page, () => page.keyboard.press("Control+s"));
  await says(page, ".preview figcaption", /^new-bridge\.jpg JPEG, 700 × 500/);
  await says(page, "#save-status", /^Saved/);
  assert.equal(await page.inputValue("#f-caption"), "From the north");
  assert.equal(await page.inputValue("#f-file"), "", "it is not sent again");
  await page.setInputFiles("#f-file", { name: "bad.png", mimeType: "image/png", buffer: Buffer.from("<svg/>") });
  await page.fill("#f-credit", "Nobody");
  await swap(page, () => page.keyboard.press("Control+s"));
  await says(page, "#f-file-error", /‘bad\.png’ was not taken/);
  assert.equal(await page.inputValue("#f-credit"), "Nobody");
  await accessible(context, page);
  // One that is too long is not sent at all.
  await page.locator("#f-file").evaluate((input) => (input.dataset.longest = "100"));
  await page.setInputFiles("#f-file", bridge);
  await says(page, "#f-file-too-long", /^‘old_bridge\.png’ was not taken\. It is longer than .* make it smaller\.$/);
  assert.equal(await page.inputValue("#f-file"), "");
  await accessible(context, page);
  assert.equal((await api(BASE, `/api/v1/media/${media.id}`)).url, media.url);
  assert.deepEqual(faults, []);
});

test("several files are dropped; one that is refused says why and costs none", LIMIT, async () => {
  const { context, page, faults } = await signedIn(BASE);
  await page.goto("/admin/media");
  const files = [
    await picture(page, "red.png", 60, 40, "crimson"),
    { name: "drawing.svg", mimeType: "image/svg+xml", buffer: Buffer.from("<svg/>") },
    { name: "figures.csv", mimeType: "text/csv", buffer: Buffer.from("a,b\n1,2\n") },
  ];
  await hand(page, "main", "drop", files);
  await says(page, ".uploads .error", /‘drawing\.svg’ was not taken\. SVG drawings can hold programs; export it as PNG\./);
  await page.locator(".uploads a", { hasText: "figures.csv" }).waitFor();
  assert.equal(await page.locator(".uploads a").count(), 2);
  await accessible(context, page);
  await page.locator(".drop").evaluate((zone) => (zone.dataset.longest = "10"));
  await hand(page, "main", "drop", [{ name: "long.txt", mimeType: "text/plain", buffer: Buffer.from("eleven long") }]);
  await says(page, ".uploads li:last-child .error", /^‘long\.txt’ was not taken\. It is longer than/);
  await leads(page, /done=uploaded/, () => hand(page, "main", "drop", [
    { name: "one.txt", mimeType: "text/plain", buffer: Buffer.from("one") },
    { name: "two.txt", mimeType: "text/plain", buffer: Buffer.from("two") },
  ]));
  const titles = await page.locator(".card b").allTextContents();
  for (const title of ["red", "figures", "one", "two"]) assert.ok(titles.includes(title), `${title} in ${titles}`);
  await page.selectOption("#s-kind", "image");
  await leads(page, /kind=image/, () => page.getByRole("button", { name: "Filter" }).click());
  assert.ok(!(await page.locator(".card b").allTextContents()).includes("figures"));
  await accessible(context, page);
  assert.deepEqual(faults, []);
});

test("a pasted picture goes where it is wanted, and what was typed stays", LIMIT, async () => {
  const { context, page, faults } = await signedIn(BASE);
  const project = await makeProject(context, 41, "Shown with a picture");
  await page.goto(project.path);
  await page.fill("#f-summary", "Typed before the picture came");
  await swap(page, async () => hand(page, "#f-image", "paste", [await picture(page, "pasted.png", 400, 300, "olive")]));
  await page.locator("#f-image .link-row img.thumbnail").waitFor();
  await says(page, "#f-image .link-row a", /^pasted$/);
  assert.equal(await page.inputValue("#f-summary"), "Typed before the picture came");
  await accessible(context, page);
  await swap(page, () => page.keyboard.press("Control+s"));
  await says(page, "#save-status", /^Saved/);

  // Taken out, and found again among what the library has.
  await swap(page, () => page.getByRole("button", { name: "Remove pasted" }).click());
  await swap(page, () => page.locator("#f-image").getByRole("button", { name: "Find" }).click());
  await swap(page, () => page.locator("#f-image-found button", { hasText: "pasted" }).click());
  await says(page, "#f-image .link-row a", /^pasted$/);
  await swap(page, () => page.keyboard.press("Control+s"));

  // Published together, once somebody has said what it shows.
  const media = await page.locator("#f-image .link-row a").getAttribute("href");
  await page.goto(media);
  await says(page, ".uses", /Shown with a picture/);
  await page.fill("#f-alternative_text", "An olive field");
  await swap(page, () => page.keyboard.press("Control+s"));
  await page.goto(`${project.path}/publish`);
  await page.getByText("pasted").first().waitFor();
  for (const box of await page.locator('input[name="together"]').all()) await box.check();
  await leads(page, /done=published/, () => page.getByRole("button", { name: /^Publish/ }).last().click());
  const shown = (await api(BASE, `/api/v1/projects/${project.code}`)).image;
  assert.equal(shown.alternative_text, "An olive field");
  assert.equal((await fetch(new URL(shown.url, BASE))).status, 200);

  // What is used is not taken away by one press.
  await page.goto(media);
  await page.getByText("Move to the trash…").click();
  await accessible(context, page);
  await leads(page, /done=trashed/, () => page.getByRole("button", { name: "Move to the trash anyway" }).click());
  assert.equal((await api(BASE, `/api/v1/projects/${project.code}`)).image, undefined);
  assert.equal((await fetch(new URL(shown.url, BASE))).status, 410);
  assert.deepEqual(faults, []);
});

test("without scripts files are added and replaced all the same", LIMIT, async () => {
  const { page } = await signedIn(BASE);
  const files = [await picture(page, "plain one.png", 50, 40, "black"), await picture(page, "plain two.png", 51, 40, "black")];
  const { page: plain } = await signedIn(BASE, undefined, { javaScriptEnabled: false });
  await plain.goto("/admin/media/new");
  await plain.setInputFiles("#upload", files);
  await plain.getByRole("button", { name: "Upload" }).click();
  await plain.waitForURL(/done=uploaded/);
  await plain.locator(".card a", { hasText: "plain two" }).click();
  await plain.fill("#f-alternative_text", "Black");
  await plain.setInputFiles("#f-file", files[0]);
  await plain.getByRole("button", { name: "Save draft" }).click();
  await plain.waitForURL(/done=saved/);
  assert.match(await plain.locator(".preview figcaption").textContent(), /plain-one\.png/);
  assert.equal(await plain.inputValue("#f-alternative_text"), "Black");
});
