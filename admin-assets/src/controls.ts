// Reading and writing form controls: what stands in one now, and what the
// server last put there.
export type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

export function controls(form: HTMLFormElement): Control[] {
  return [...form.elements].filter(
    (element): element is Control =>
      (element instanceof HTMLInputElement && !["submit", "button", "file", "reset"].includes(element.type)) ||
      element instanceof HTMLSelectElement ||
      element instanceof HTMLTextAreaElement,
  );
}

export function current(control: Control): string {
  return control instanceof HTMLInputElement && isTick(control) ? String(control.checked) : control.value;
}

export function rendered(control: Control): string {
  if (control instanceof HTMLInputElement) {
    return isTick(control) ? String(control.hasAttribute("checked")) : (control.getAttribute("value") ?? "");
  }
  if (control instanceof HTMLSelectElement) {
    const chosen = control.querySelector<HTMLOptionElement>("option[selected]") ?? control.querySelector("option");
    return chosen?.value ?? "";
  }
  return control.defaultValue;
}

export function write(control: Control, value: string): void {
  if (current(control) === value) return;
  if (control instanceof HTMLInputElement && isTick(control)) control.checked = value === "true";
  else control.value = value;
}

function isTick(input: HTMLInputElement): boolean {
  return input.type === "checkbox" || input.type === "radio";
}
