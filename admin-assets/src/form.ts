// The item form: what is unsaved, one request at a time, and after each
// response the server's values everywhere but where someone typed meanwhile.
import { announce } from "./announce.ts";
import { type Control, controls, current, rendered, write } from "./controls.ts";
import { beforeForm, formCame, mayLeave, saveNow, typed as typedInto, watchDrafts } from "./drafts.ts";
import { richFocus } from "./rich.ts";

type Submitter = HTMLElement | null;

interface Place {
  element: HTMLElement;
  value: string | null;
  row: string | null;
}

const unsaved = new Set<string>();
const sent = new Map<Control, string>();
let live = new Map<Control, string>();
let place: Place | undefined;
let waiting: { submitter: Submitter } | undefined;
let lastDeed = "";
let leaving = false;
/** The form has waited long enough for what was on its way. */
let goesNow = false;

/** How long the form waits for what is on its way, in milliseconds. */
const PATIENCE = 5_000;

export function itemForm(): HTMLFormElement | null {
  return document.querySelector<HTMLFormElement>("form#item-form");
}

/** The fields that hold something that is not saved. */
export function unsavedFields(): ReadonlySet<string> {
  return unsaved;
}

/** These fields are saved now. */
export function settled(names: readonly string[]): void {
  for (const name of names) unsaved.delete(name);
}

/** What stands in the form is what was sent: whatever takes a control's place is newer. */
export function sentAs(form: HTMLFormElement): void {
  sent.clear();
  for (const control of controls(form)) sent.set(control, current(control));
}

/** The value that the control had when the request that is answered now was sent. */
export function sentValue(control: Control): string | undefined {
  return sent.get(control);
}

export function markUnsaved(control: Control): void {
  const form = control.form;
  if (!form || form.id !== "item-form" || !control.name || control.matches("[data-find]")) return;
  unsaved.add(control.name.split(".")[0] ?? control.name);
  showStatus(form);
  typedInto();
}

/** The same for what is no control. */
export function markUnsavedField(name: string): void {
  const form = itemForm();
  if (!form) return;
  unsaved.add(name);
  showStatus(form);
  typedInto();
}

export function watchForms(): void {
  takeUnsaved();
  const form = itemForm();
  if (form) showStatus(form);

  const typed = (event: Event): void => {
    const target = event.target;
    if (
      target instanceof HTMLInputElement ||
      target instanceof HTMLSelectElement ||
      target instanceof HTMLTextAreaElement
    ) {
      markUnsaved(target);
    }
  };
  document.addEventListener("input", typed);
  document.addEventListener("change", typed);
  document.addEventListener("submit", oneAtATime, { capture: true });
  document.addEventListener("submit", (event) => {
    if (!event.defaultPrevented && event.target === itemForm()) leaving = true;
  });
  window.addEventListener("pageshow", () => (leaving = false));
  window.addEventListener("beforeunload", (event) => {
    if (unsaved.size > 0 && !leaving && !mayLeave()) event.preventDefault();
  });
  document.addEventListener("click", followErrorLink);
  watchDrafts();
  // Whoever comes from the dashboard to mend a field begins to type in it.
  focusOn(location.hash);

  document.addEventListener("htmx:before:request", (event) => {
    const form = event.detail.ctx.sourceElement;
    if (!(form instanceof HTMLFormElement)) return;
    form.setAttribute("aria-busy", "true");
    delete form.querySelector<HTMLElement>(".save-status")?.dataset["refused"];
    sentAs(form);
    lastDeed = new FormData(form, submitterOf(event.detail.ctx.sourceEvent)).getAll("do").at(-1)?.toString() ?? "";
  });
  document.addEventListener("htmx:before:response", (event) => {
    const { ctx } = event.detail;
    if (!(ctx.sourceElement instanceof HTMLFormElement)) return;
    const answer = ctx.response?.raw;
    if (answer?.redirected && new URL(answer.url).pathname.endsWith("/sign-in")) {
      event.preventDefault();
      notSaved(ctx.sourceElement, 401);
    } else if (answer?.headers.has("HX-Redirect") || answer?.headers.has("HX-Refresh")) {
      leaving = true;
      const same = [...sent].every(([control, value]) => current(control) === value);
      if (same && ["save", "publish"].includes(lastDeed)) unsaved.clear();
    }
  });
  document.addEventListener("htmx:response:error", (event) => {
    const { ctx } = event.detail;
    const status = ctx.response?.status ?? 0;
    if (ctx.sourceElement instanceof HTMLFormElement && status !== 409 && status !== 422) {
      notSaved(ctx.sourceElement, status);
    }
  });
  document.addEventListener("htmx:error", (event) => {
    const source = event.detail.ctx?.sourceElement;
    if (source instanceof HTMLFormElement) notSaved(source, 0);
  });
  document.addEventListener("htmx:before:swap", (event) => {
    const { ctx, tasks } = event.detail;
    if (!(ctx.sourceElement instanceof HTMLFormElement) || ctx.swap === "none") return;
    const main = tasks.find((task: { type: string }) => task.type === "main");
    if (!main) return;
    if (main.fragment.childElementCount === 0) {
      event.preventDefault();
      notSaved(ctx.sourceElement, ctx.response?.status ?? 0);
      return;
    }
    live = new Map(controls(ctx.sourceElement).map((control) => [control, current(control)]));
    place = whereFocusIs();
  });
  document.addEventListener("htmx:after:swap", (event) => {
    const { ctx } = event.detail;
    if (ctx.sourceElement instanceof HTMLFormElement && ctx.swap !== "none") afterSwap();
  });
  document.addEventListener("htmx:finally:request", (event) => {
    const form = event.detail.ctx.sourceElement;
    if (!(form instanceof HTMLFormElement)) return;
    form.removeAttribute("aria-busy");
    if (unsaved.size > 0) typedInto();
    const next = waiting;
    waiting = undefined;
    if (!next) return;
    // Ask again with the newer form: its version and row numbers have changed.
    queueMicrotask(() => {
      const fresh = itemForm();
      const button = next.submitter instanceof HTMLButtonElement && next.submitter.isConnected ? next.submitter : null;
      if (fresh && (button?.form === fresh || !next.submitter)) fresh.requestSubmit(button);
    });
  });
}

function oneAtATime(event: SubmitEvent): void {
  const form = event.target;
  if (!(form instanceof HTMLFormElement)) return;
  if (form.getAttribute("aria-busy") === "true") {
    event.preventDefault();
    event.stopImmediatePropagation();
    waiting = { submitter: event.submitter };
    return;
  }
  if (goesNow) return;
  const before = form === itemForm() ? beforeForm() : signsOut(form) ? saveNow() : undefined;
  if (!before) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const { submitter } = event;
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  void Promise.race([before, late]).then(() => {
    goesNow = true;
    form.requestSubmit(submitter instanceof HTMLButtonElement && submitter.isConnected ? submitter : null);
    goesNow = false;
  });
}

/** What is not saved by then goes from this browser too. */
function signsOut(form: HTMLFormElement): boolean {
  return "account" in form.dataset && unsaved.size > 0;
}

function submitterOf(event: Event | null): HTMLElement | null {
  return event instanceof SubmitEvent ? event.submitter : null;
}

function afterSwap(): void {
  const form = itemForm();
  takeUnsaved();
  if (form) {
    for (const control of controls(form)) {
      if (control.matches("[data-rich]")) continue;
      const before = live.get(control);
      const asked = sent.get(control);
      const answer = rendered(control);
      if (before !== undefined && asked !== undefined && before !== asked) {
        write(control, before);
        markUnsaved(control);
      } else if (control !== document.activeElement || answer.trim() !== current(control).trim()) {
        write(control, answer);
      }
    }
    showStatus(form);
    formCame();
  }
  live = new Map();
  // htmx focuses [autofocus] after this event; look again when it has.
  setTimeout(() => {
    keepFocus();
    tellWhatHappened();
  }, 20);
}

function takeUnsaved(): void {
  unsaved.clear();
  for (const name of itemForm()?.dataset["unsaved"]?.split(/\s+/) ?? []) if (name) unsaved.add(name);
}

export function showStatus(form: HTMLFormElement): void {
  const status = form.querySelector<HTMLElement>(".save-status");
  // Why it was not saved stays until it is sent again: blurring a field must not take the link from under a click.
  if (!status || unsaved.size === 0 || "refused" in status.dataset) return;
  const labels = [...unsaved].map(
    (name) => form.querySelector<HTMLElement>(`[data-field="${CSS.escape(name)}"]`)?.dataset["label"],
  );
  const known = [...new Set(labels.filter((label) => label !== undefined))];
  status.dataset["unsaved"] = "";
  status.textContent = known.length > 0 ? `Not saved yet: ${known.join(", ")}` : "Not saved yet";
}

/** Says why the form was not saved; `aloud` also to those who do not see it. */
export function notSaved(form: HTMLFormElement, status: number, aloud = true): void {
  const place = form.querySelector<HTMLElement>(".save-status");
  const words: Record<number, string> = {
    0: "Not saved: the server cannot be reached. What you typed is still here; try again in a moment.",
    401: "Not saved: you have been signed out. What you typed is still here. ",
    403: "Not saved: you are not allowed to change this. What you typed is still here.",
    404: "Not saved: this item no longer exists. What you typed is still here; copy what you need.",
    413: "Not saved: this is too large. What you typed is still here.",
    429: "Not saved: too many requests. What you typed is still here; try again in a minute.",
    503: "Not saved: the server is busy. What you typed is still here; try again in a moment.",
  };
  const text = words[status] ?? "Not saved: something went wrong on the server. What you typed is still here; try again.";
  if (aloud) announce(text);
  if (!place) return;
  place.dataset["unsaved"] = "";
  place.dataset["refused"] = "";
  place.textContent = text;
  if (status === 401) {
    const link = document.createElement("a");
    link.href = "/admin/sign-in";
    link.target = "_blank";
    link.textContent = "Sign in in a new tab, then save again.";
    place.append(link);
  }
}

function whereFocusIs(): Place | undefined {
  const element = document.activeElement;
  if (!(element instanceof HTMLElement) || element === document.body) return undefined;
  return {
    element,
    value: element.getAttribute("value"),
    row: element.closest("tr[id], li[id]")?.id ?? null,
  };
}

/** Focus is never lost: where the focused element is gone, its neighbour takes over. */
function keepFocus(): void {
  const active = document.activeElement;
  if (!place || (active && active !== document.body && active.isConnected)) return;
  const { element, value, row } = place;
  const usable = (found: Element | null | undefined): found is HTMLElement =>
    found instanceof HTMLElement && !found.matches(":disabled");
  const deed = value?.split(":") ?? [];
  const wanted: (Element | null | undefined)[] = [
    element.isConnected ? element : null,
    element.id ? document.getElementById(element.id) : null,
    row && deed[0] ? document.getElementById(row)?.querySelector(`button[value^="${deed[0]}:"]`) : null,
    row ? document.getElementById(row)?.querySelector('button[value^="up:"]:enabled, button[value^="down:"]:enabled') : null,
    value && element.tagName === "BUTTON" ? document.querySelector(`button[value="${CSS.escape(value)}"]`) : null,
    deed[1] ? document.querySelector(`button[value="add:${CSS.escape(deed[1])}"]`) : null,
    deed[1] ? document.querySelector(`[data-find][name="${CSS.escape(deed[1])}.find"]`) : null,
    document.querySelector("main"),
  ];
  wanted.find(usable)?.focus({ preventScroll: true });
}

function tellWhatHappened(): void {
  const deed = lastDeed.split(":")[0];
  if (deed === "up" || deed === "down") {
    const row = place?.row ? document.getElementById(place.row) : null;
    const all = row?.parentElement ? [...row.parentElement.children] : [];
    if (row && all.length > 0) announce(`Moved to ${all.indexOf(row) + 1} of ${all.length}`);
    return;
  }
  const message = document.querySelector("main .flash, main .error-summary h2, main .save-status");
  const text = message?.textContent?.trim();
  if (text && (deed === "save" || deed === "publish" || message?.matches(".flash"))) announce(text);
}

/** A link in the error summary goes to the control itself, also to a live editor. */
function followErrorLink(event: MouseEvent): void {
  const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[href^="#"]') : null;
  if (!link) return;
  if (focusOn(link.hash)) event.preventDefault();
}

/** Puts the focus on the control that an address names, if it names one. */
function focusOn(hash: string): boolean {
  const target = hash.length > 1 ? document.getElementById(decodeURIComponent(hash.slice(1))) : null;
  if (!target) return false;
  const focusable = target.matches("[data-rich]") ? richFocus(target) : target;
  if (!focusable?.matches("input, select, textarea, button, [tabindex], [contenteditable]")) return false;
  focusable.focus({ preventScroll: true });
  focusable.scrollIntoView({ block: "center" });
  return true;
}
