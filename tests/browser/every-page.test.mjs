// Walks every page, wide and narrow, light and dark, in forced colours: looks.mjs tells what may not be wrong there.
import { test } from "node:test";
import { look, lookAtFocus } from "./looks.mjs";
import { ADMIN, env, signedIn, visitor } from "./support.mjs";
import { FRESH_STOPS, STOPS } from "./stops.mjs";

const BASE = env("URL");
const SET_UP = new URL(env("SET_UP"));
const STILL = { reducedMotion: "reduce" };

test("every page of a centre at work", { concurrency: 2, timeout: 900_000 }, async (t) => {
  const { context: asAdmin } = await signedIn(BASE, ADMIN);
  const walks = STOPS.map(([name, who, go, widths]) =>
    t.test(name, async () => {
      const one = who ? await signedIn(BASE, who, STILL) : await visitor(BASE, STILL);
      await go({ ...one, asAdmin });
      await look(name, one, widths);
      await lookAtFocus(one);
      await one.context.close();
    }),
  );
  await Promise.all(walks);
});

test("every page of a centre that begins", { timeout: 300_000 }, async (t) => {
  const one = await visitor(SET_UP.origin, STILL);
  for (const [name, go] of FRESH_STOPS) {
    await t.test(name, async () => {
      await one.page.setViewportSize({ width: 1440, height: 900 });
      await go(one, SET_UP.pathname);
      await look(name, one);
    });
  }
});
