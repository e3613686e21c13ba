// The item form saves itself, and what it has not saved is kept beside the page.
// What autosave.ts decides is done here: reading the form, asking the server,
// saying how it stands.
import { announce } from "./announce.ts";
import { type Answer, Autosave, type Sent, type World } from "./autosave.ts";
import { controls, rendered, write } from "./controls.ts";
import { itemForm, notSaved, sentAs, settled, showStatus, unsavedFields } from "./form.ts";
import { heldRows } from "./grid/live.ts";
import { htmx } from "./htmx.ts";
import { Keeper, isSigningOut } from "./kept.ts";
import { offerKept } from "./restore.ts";

/** What the form held, and in which fields it was not saved. */
export interface Typed {
  body: string;
  names: string[];
}

/** How long an answer may take before the connection counts as lost, in milliseconds. */
const PATIENCE = 30_000;
/** The longest body that browsers send while the page goes, in bytes. */
const PARTING = 60_000;
/** How long after a key what was typed is kept beside the page, in milliseconds. */
const SOON = 300;

let keeper: Keeper<Typed> | undefined;
let keeping: ReturnType<typeof setTimeout> | undefined;
/** Whether the browser keeps what is not saved. */
let keeps = false;
let onItsWay: string | undefined;
let trouble = false;
let told = false;

const world: World = {
  read: () => {
    const form = itemForm();
    if (!form?.dataset["autosave"] || form.getAttribute("aria-busy") === "true" || savable(form).length === 0) return undefined;
    return read(form, false);
  },
  send,
  take,
  say: (standing, said) => {
    const form = itemForm();
    const status = form?.querySelector<HTMLElement>(".save-status");
    if (!form || !status) return;
    if (standing === "saving") {
      delete status.dataset["refused"];
      status.textContent = "Saving…";
      return;
    }
    if (standing === "signed-out") {
      notSaved(form, 401, !trouble);
    } else {
      const kept = keeps ? "What you typed is kept in this browser and saved as soon as it can be." : "Leave this page open: what you typed is only here.";
      const text = said ?? `Not saved: no connection. ${kept}`;
      status.dataset["unsaved"] = "";
      // While somebody writes on, only the names of what they change take its place.
      if (standing !== "wrong") status.dataset["refused"] = "";
      if (!trouble && standing !== "wrong") announce(text);
      status.textContent = text;
    }
    trouble = standing !== "wrong";
  },
  later: (deed, milliseconds) => {
    const timer = setTimeout(deed, milliseconds);
    return () => clearTimeout(timer);
  },
  now: () => Date.now(),
};
const autosave = new Autosave(world);

export function watchDrafts(): void {
  begin();
  for (const type of ["online", "focus"]) window.addEventListener(type, () => trouble && void autosave.flush());
  document.addEventListener("visibilitychange", () => {
    keepNow();
    if (document.visibilityState === "hidden" || trouble) void autosave.flush();
  });
  window.addEventListener("pagehide", keepNow);
  let others = document.getElementById("others")?.textContent ?? "";
  document.addEventListener("htmx:after:swap", ({ detail }) => {
    const here = detail.ctx.sourceElement;
    if (here?.id !== "others" || here.textContent === others) return;
    others = here.textContent ?? "";
    announce(others || "Nobody else is editing this now");
  });
}

/** Something in the form was changed. */
export function typed(): void {
  autosave.touch();
  keeping ??= setTimeout(keepNow, SOON);
}

/** Another form has come from the server, or the same with other values. */
export function formCame(): void {
  trouble = false;
  autosave.reset();
  begin();
  keepNow();
}

/** What is to happen before the form goes: nothing, where nothing is on its way. */
export function beforeForm(): Promise<void> | undefined {
  return autosave.settle();
}

/** Saves now what can be saved. */
export function saveNow(): Promise<void> {
  return autosave.flush();
}

/** Whether somebody may leave without being asked: what they typed is on its way, and kept until it has arrived. */
export function mayLeave(): boolean {
  keepNow();
  const form = itemForm();
  if (!form || !keeps || isSigningOut() || !autosave.able) return false;
  const sent = world.read();
  if (!sent || sent.body.length > PARTING || savable(form).length < unsavedFields().size) return false;
  if (autosave.busy) return onItsWay === sent.body;
  void autosave.flush();
  return true;
}

/** Keeps what is not saved so that it is offered again, whatever takes the form's place. */
export function leaveTyped(): void {
  const form = itemForm();
  if (form && unsavedFields().size > 0) keeper?.leave(asTyped(form));
}

/** What stands in the form now, field by field. */
export function fieldsNow(form: HTMLFormElement): Map<string, string> {
  return read(form, true).fields;
}

/** Pairs of a form's body by the field that they belong to. */
export function byField(pairs: Iterable<[string, string]>): Map<string, string> {
  const fields = new Map<string, string>();
  for (const [name, value] of pairs) {
    const field = name.split(".")[0] ?? name;
    fields.set(field, `${fields.get(field) ?? ""}${name}=${value.replaceAll("\r\n", "\n").trim()}\n`);
  }
  return fields;
}

function begin(): void {
  const form = itemForm();
  const { user } = form?.dataset ?? {};
  if (!form || user === undefined) return;
  keeper ??= new Keeper(user, form.getAttribute("action") ?? "", asKept);
  void offerKept(form, keeper);
  if (form.dataset["unsaved"]) autosave.touch();
}

function asKept(stored: unknown): Typed | undefined {
  const { body, names } = (stored ?? {}) as Partial<Typed>;
  return typeof body === "string" && Array.isArray(names) ? { body, names } : undefined;
}

/** The fields that are unsaved and that a save by itself can save: a chosen file goes only with the form. */
function savable(form: HTMLFormElement): string[] {
  const file = form.querySelector<HTMLInputElement>('input[type="file"]');
  return [...unsavedFields()].filter((name) => name !== "outputs" && !(file?.files?.length && file.name.startsWith(`${name}.`)));
}

/** The form's inputs. The table goes apart, but for one that is held until the project is saved. */
function read(form: HTMLFormElement, whole: boolean): Sent {
  const pairs: [string, string][] = [];
  for (const [name, value] of new FormData(form)) {
    const apart = name.endsWith(".find") || name === "do" || (name.startsWith("outputs.") && !whole);
    if (typeof value === "string" && !apart) pairs.push([name, value]);
  }
  return { body: new URLSearchParams(pairs).toString(), fields: byField(pairs) };
}

async function send(body: string): Promise<Answer> {
  const address = itemForm()?.dataset["autosave"];
  if (!address) return { outcome: "lost" };
  onItsWay = body;
  try {
    const answer = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/x-www-form-urlencoded", Accept: "application/json" },
      body,
      // So that it arrives even if the page goes.
      keepalive: body.length <= PARTING,
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (answer.status === 401) return { outcome: "signed-out" };
    const told = (await answer.json().catch(() => undefined)) as Answer | undefined;
    const said = told && "said" in told ? told.said : undefined;
    if (answer.status === 429 || answer.status >= 500) return said === undefined ? { outcome: "lost" } : { outcome: "lost", said };
    return told ?? { outcome: answer.ok ? "lost" : "stopped", said: "Not saved by itself. What you typed is still here; save to see why." };
  } catch {
    return { outcome: "lost" };
  } finally {
    onItsWay = undefined;
  }
}

function take(sent: Sent, answer: Answer & { outcome: "saved" }): boolean {
  const form = itemForm();
  const version = form?.elements.namedItem("version");
  if (!form || !(version instanceof HTMLInputElement)) return true;
  const now = fieldsNow(form);
  if (answer.fields.some((name) => now.get(name) !== sent.fields.get(name))) return false;
  version.value = String(answer.version);
  settled([...unsavedFields()].filter((name) => savable(form).includes(name) && now.get(name) === sent.fields.get(name)));
  // What the editor of a text compares the server's with.
  sentAs(form);
  void htmx.swap({ text: answer.parts, sourceElement: document.body, target: document.body, swap: "none" }).then(() => {
    for (const name of answer.fields) {
      for (const control of controls(form)) {
        if (control.name.split(".")[0] === name && !control.matches("[data-rich], [data-find]")) write(control, rendered(control));
      }
    }
    showStatus(form);
  });
  if (trouble || !told) announce("Saved");
  trouble = false;
  told = true;
  keepNow();
  return true;
}

function asTyped(form: HTMLFormElement): Typed {
  const { body } = read(form, false);
  const rows = unsavedFields().has("outputs") ? `&${new URLSearchParams(heldRows()).toString()}` : "";
  return { body: body + rows, names: [...unsavedFields()] };
}

function keepNow(): void {
  clearTimeout(keeping);
  keeping = undefined;
  const form = itemForm();
  if (!form || !keeper) return;
  keeps = keeper.keep(unsavedFields().size > 0 ? asTyped(form) : undefined);
}

