import assert from "node:assert/strict";
import { test } from "node:test";
import { withFiles } from "../lib/files.js";

test("files are where the API is, and nothing else", () => {
  const answer = {
    path: "/media/about-us",
    image: { object: "media", url: "/media/1/a.png", variants: [{ width: 320, url: "/media/1/320/a.png" }], caption: null },
    body: '<p><a href="/media/2/b.pdf">b</a> <a href="/media-lab">x</a> in /media/</p><figure><img src="/media/1/a.png" alt="of /media/" srcset="/media/1/320/a.png 320w, /media/1/a.png 900w"></figure>',
  };
  assert.deepEqual(withFiles(answer, "https://api.example.org/api/v1"), {
    path: "/media/about-us",
    image: {
      object: "media",
      url: "https://api.example.org/media/1/a.png",
      variants: [{ width: 320, url: "https://api.example.org/media/1/320/a.png" }],
      caption: null,
    },
    body: '<p><a href="https://api.example.org/media/2/b.pdf">b</a> <a href="/media-lab">x</a> in /media/</p><figure><img src="https://api.example.org/media/1/a.png" alt="of /media/" srcset="https://api.example.org/media/1/320/a.png 320w, https://api.example.org/media/1/a.png 900w"></figure>',
  });
});
