// Files dropped, pasted or chosen go to the library at once, one after the
// other, with their progress. Without this a form sends them.
import { announce } from "./announce.ts";

interface Taken {
  items: { id: string; title: string; edit: string }[];
  refused: string[];
}

interface Sent {
  line: HTMLLIElement;
  taken: Taken["items"];
  ok: boolean;
}

const WHERE = "/admin/media/new";

export function watchUploads(): void {
  document.addEventListener("change", (event) => {
    const input = event.target;
    if (!(input instanceof HTMLInputElement) || input.type !== "file") return;
    if (input === itemFile()) refuseIfTooLong(input);
    const zone = input.closest<HTMLElement>(".drop");
    if (!zone || !input.files?.length) return;
    const files = [...input.files];
    input.value = "";
    void send(zone, files);
    // Before others look at what was chosen.
  }, true);
  document.addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files") || isFileInput(event.target)) return;
    // A file that is dropped beside must not take the page, and what was typed on it, away.
    event.preventDefault();
    const place = textAt(event.target) ?? zoneAt(event.target);
    event.dataTransfer.dropEffect = place || itemFile() ? "copy" : "none";
    mark(place);
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) mark(null);
  });
  document.addEventListener("drop", (event) => {
    mark(null);
    if (event.defaultPrevented || !event.dataTransfer?.types.includes("Files") || isFileInput(event.target)) return;
    event.preventDefault();
    give(event.target, event.dataTransfer.files);
  });
  document.addEventListener("paste", (event) => {
    const target = event.target;
    const files = event.clipboardData?.files;
    if (event.defaultPrevented || !files?.length) return;
    // Programs put pictures of text beside the text: where people write, they paste text.
    const writing = target instanceof Element && target.closest('input:not([type="file"]), textarea, [contenteditable="true"]');
    if (writing && event.clipboardData?.getData("text/plain").trim()) return;
    if (give(target, files)) event.preventDefault();
  });
  window.addEventListener("beforeunload", (event) => {
    if (underWay > 0) event.preventDefault();
  });
  // What was sent with the form is not to be sent again.
  document.addEventListener("htmx:after:swap", () => {
    const input = itemFile();
    if (input) input.value = "";
  });
}

function isFileInput(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement && target.type === "file";
}

/** The file of the media item whose form this is. */
function itemFile(): HTMLInputElement | null {
  return document.querySelector<HTMLInputElement>('input[type="file"][name="file.new"]');
}

/** The text that takes images at this element; its editor does. */
function textAt(target: EventTarget | null): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>(".rich[data-takes-files]") : null;
}

/** The place that something over this element belongs to; the only one of the page, wherever it is. */
function zoneAt(target: EventTarget | null): HTMLElement | null {
  const element = target instanceof Element ? target : null;
  const near = element?.closest<HTMLElement>(".drop") ?? element?.closest(".links, dialog")?.querySelector<HTMLElement>(".drop");
  if (near) return near;
  // What was dropped on a text was not meant for another field.
  if (element?.closest(".rich, dialog")) return null;
  const all = document.querySelectorAll<HTMLElement>(".drop");
  return all.length === 1 ? (all[0] ?? null) : null;
}

function mark(place: HTMLElement | null): void {
  for (const one of document.querySelectorAll<HTMLElement>("[data-over]")) if (one !== place) delete one.dataset["over"];
  if (place) place.dataset["over"] = "";
}

function give(target: EventTarget | null, files: FileList): boolean {
  const zone = zoneAt(target);
  const input = itemFile();
  if (zone) {
    void send(zone, [...files]);
  } else if (input) {
    const [file] = files;
    if (!file) return false;
    const one = new DataTransfer();
    one.items.add(file);
    input.files = one.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    if (input.value) announce(`${file.name} is chosen. Save to upload it.`);
  }
  return Boolean(zone ?? input);
}

/** Why a file is not taken, if it is so long that sending it would be in vain. */
function tooLong(place: HTMLElement, file: File): string | undefined {
  const longest = Number(place.dataset["longest"]);
  return file.size > longest ? `‘${file.name}’ was not taken. ${place.dataset["tooLong"] ?? ""}` : undefined;
}

/** Takes a file out of the form again that is too long for it, and says so. */
function refuseIfTooLong(input: HTMLInputElement): void {
  const id = `${input.id}-too-long`;
  document.getElementById(id)?.remove();
  const file = input.files?.[0];
  const why = file && tooLong(input, file);
  if (!why) return;
  input.value = "";
  const error = document.createElement("p");
  error.id = id;
  error.className = "error";
  error.textContent = why;
  input.after(error);
  announce(why);
}

/** How many files are on their way: leaving the page would lose them. */
let underWay = 0;

async function send(zone: HTMLElement, files: File[]): Promise<void> {
  const list = zone.querySelector<HTMLElement>(".uploads");
  if (!list) return;
  const field = zone.dataset["uploadTo"];
  const chosen = field === undefined ? files : files.slice(0, 1);
  const lines = chosen.map((file) => lineFor(list, file));
  announce(chosen.length === 1 ? `Uploading ${chosen[0]?.name ?? ""}` : `Uploading ${chosen.length} files`);
  const sent: Sent[] = [];
  underWay += chosen.length;
  for (const [at, file] of chosen.entries()) {
    const line = lines[at];
    if (line) sent.push(await sendOne(zone, file, line));
    underWay -= 1;
  }
  finish(zone, sent);
}

function lineFor(list: HTMLElement, file: File): HTMLLIElement {
  const line = document.createElement("li");
  const name = document.createElement("span");
  name.textContent = file.name;
  const bar = document.createElement("progress");
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", `Upload of ${file.name}`);
  line.append(name, bar);
  list.append(line);
  return line;
}

function sendOne(zone: HTMLElement, file: File, line: HTMLLIElement): Promise<Sent> {
  const bar = line.querySelector("progress");
  const body = new FormData();
  body.append("file", file, file.name || "pasted.png");
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", WHERE);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => {
      if (!bar || !event.lengthComputable) return;
      // What is sent is still to be looked at.
      if (event.loaded < event.total) bar.value = event.loaded / event.total;
      else bar.removeAttribute("value");
    });
    const failed = (text: string, again: boolean): void => {
      const error = document.createElement("p");
      error.className = "error";
      error.textContent = text;
      bar?.replaceWith(error);
      if (again) {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "text-button";
        button.textContent = "Try again";
        button.addEventListener("click", () => {
          line.remove();
          void send(zone, [file]);
        });
        line.append(button);
      }
      announce(text);
      resolve({ line, taken: [], ok: false });
    };
    const refuse = (text: string): void => {
      // What is said names the file.
      line.querySelector("span")?.remove();
      failed(text, false);
    };
    const why = tooLong(zone, file);
    if (why) {
      refuse(why);
      return;
    }
    request.addEventListener("error", () => failed("The server cannot be reached; the file was not uploaded.", true));
    request.addEventListener("load", () => {
      const taken = read(request.responseText);
      if (taken?.refused.length) {
        refuse(taken.refused.join(" "));
      } else if (taken && request.status === 200) {
        const done = document.createElement("span");
        done.className = "done";
        done.textContent = "Uploaded";
        bar?.replaceWith(done);
        resolve({ line, taken: taken.items, ok: true });
      } else {
        failed(words(request.status), request.status !== 403 && request.status !== 413);
      }
    });
    request.send(body);
  });
}

function words(status: number): string {
  switch (status) {
    case 401:
      return "You have been signed out; sign in in another tab, then try again.";
    case 403:
      return "You may not add files to the library. Ask an editor to add this.";
    case 413:
      return "The file is too long; make it smaller.";
    default:
      return "Something went wrong on the server; the file was not uploaded.";
  }
}

function read(text: string): Taken | undefined {
  try {
    const json = JSON.parse(text) as Partial<Taken>;
    return Array.isArray(json.items) && Array.isArray(json.refused) ? (json as Taken) : undefined;
  } catch {
    return undefined;
  }
}

function finish(zone: HTMLElement, sent: Sent[]): void {
  const items = sent.flatMap((one) => one.taken);
  if ("uploadIntoText" in zone.dataset) {
    // The dialog that it stands in goes on with them.
    zone.dispatchEvent(new CustomEvent("uploaded", { detail: { items, all: sent.every((one) => one.ok) } }));
    return;
  }
  const field = zone.dataset["uploadTo"];
  const form = zone.closest("form");
  const first = items[0];
  if (field !== undefined && form) {
    if (!first) return;
    announce(`${first.title} is uploaded and chosen. Save to keep it here.`);
    // The same button that a search result is.
    const button = document.createElement("button");
    button.type = "submit";
    button.name = "do";
    button.value = `add:${field}:${first.id}`;
    button.hidden = true;
    zone.append(button);
    form.requestSubmit(button);
    return;
  }
  if (items.length > 0 && sent.every((one) => one.ok)) {
    location.assign(items.length === 1 && first ? `${first.edit}?done=uploaded` : "/admin/media?done=uploaded");
    return;
  }
  // Some were refused: their lines say why, the others lead to what they became.
  for (const one of sent) {
    const item = one.taken[0];
    const name = one.line.querySelector("span");
    if (!item || !name) continue;
    const link = document.createElement("a");
    link.href = item.edit;
    link.textContent = name.textContent;
    name.replaceChildren(link);
  }
}
