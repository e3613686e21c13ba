// The focal point of an image, set by pressing on it. The two numbers below it
// say the same, for keyboards.
export function watchFocal(): void {
  document.addEventListener("click", (event) => {
    const place = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-focal]") : null;
    if (!place || !(event instanceof MouseEvent)) return;
    const box = place.getBoundingClientRect();
    const per = (at: number, from: number, length: number): number =>
      Math.round(Math.min(1, Math.max(0, (at - from) / length)) * 100);
    set("focal_x", per(event.clientX, box.left, box.width));
    set("focal_y", per(event.clientY, box.top, box.height));
    show(place);
  });
  document.addEventListener("input", (event) => {
    const input = event.target;
    if (!(input instanceof HTMLInputElement) || !/^f-focal_[xy]$/.test(input.id)) return;
    const place = document.querySelector<HTMLElement>("[data-focal]");
    if (place) show(place);
  });
}

function input(name: string): HTMLInputElement | null {
  const found = document.getElementById(`f-${name}`);
  return found instanceof HTMLInputElement && !found.disabled ? found : null;
}

function set(name: string, value: number): void {
  const control = input(name);
  if (!control) return;
  control.value = String(value);
  control.dispatchEvent(new Event("input", { bubbles: true }));
}

function show(place: HTMLElement): void {
  const [x, y] = ["focal_x", "focal_y"].map((name) => Number.parseInt(input(name)?.value ?? "", 10));
  const svg = "http://www.w3.org/2000/svg";
  let cross = place.querySelector<SVGSVGElement>(".focal-point");
  if (x === undefined || y === undefined || !(x >= 0 && x <= 100 && y >= 0 && y <= 100)) {
    cross?.remove();
    return;
  }
  if (!cross) {
    cross = document.createElementNS(svg, "svg");
    cross.setAttribute("class", "focal-point");
    cross.setAttribute("viewBox", "0 0 100 100");
    cross.setAttribute("preserveAspectRatio", "none");
    cross.setAttribute("aria-hidden", "true");
    cross.append(document.createElementNS(svg, "path"));
    place.append(cross);
  }
  cross.querySelector("path")?.setAttribute("d", `M${x} 0V100M0 ${y}H100`);
}
