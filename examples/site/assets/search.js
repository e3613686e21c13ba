// Searches by asking the API, and keeps the words in the page's address. Without it the page says where to look instead.

/** How many results are shown; a search that finds more wants other words. */
const MOST = 50;

const form = document.querySelector("form[data-api]");
const input = form.elements.namedItem("q");
const told = document.querySelector(".told");
const hits = document.querySelector(".hits");
let asked = 0;

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const words = input.value.trim();
  history.pushState(null, "", words ? `?${new URLSearchParams({ q: words })}` : location.pathname);
  search(words);
});
addEventListener("popstate", fromAddress);
fromAddress();

function fromAddress() {
  input.value = new URLSearchParams(location.search).get("q") ?? "";
  search(input.value.trim());
}

async function search(words) {
  // Answers may come in another order than they were asked for.
  const mine = ++asked;
  if (!words) return show([], "");
  told.textContent = "Searching …";
  try {
    const { data, page } = await ask(words);
    if (mine === asked) show(data, sentence(page.total, words));
  } catch {
    if (mine === asked) show([], "The search does not answer at the moment. Please try again later.");
  }
}

async function ask(words) {
  const response = await fetch(`${form.dataset.api}?${new URLSearchParams({ q: words, limit: MOST })}`);
  if (!response.ok) throw new Error(String(response.status));
  return response.json();
}

function sentence(number, words) {
  if (number === 0) return `Nothing was found for ‘${words}’. Try fewer or other words.`;
  if (number > MOST) return `The best ${MOST} of ${number} results for ‘${words}’. More words find less.`;
  return `${number} ${number === 1 ? "result" : "results"} for ‘${words}’.`;
}

function show(found, sentence) {
  told.textContent = sentence;
  hits.hidden = found.length === 0;
  hits.replaceChildren(
    ...found.map(({ object_label, path, title, snippet }) => {
      const link = Object.assign(document.createElement("a"), { href: path, textContent: title });
      const kind = Object.assign(document.createElement("span"), { className: "kind", textContent: object_label });
      const item = document.createElement("li");
      item.append(kind, " ", link);
      if (snippet) item.append(" ", excerpt(snippet));
      return item;
    }),
  );
}

/** The text around what was found. Of its HTML only text and marks are taken over, whatever else were in it. */
function excerpt(snippet) {
  const nodes = [...new DOMParser().parseFromString(snippet, "text/html").body.childNodes];
  const paragraph = Object.assign(document.createElement("p"), { className: "meta" });
  paragraph.append(
    ...nodes.map(({ nodeName, textContent }) =>
      nodeName === "MARK" ? Object.assign(document.createElement("mark"), { textContent }) : textContent,
    ),
  );
  return paragraph;
}
