// Boxes that fold out of a button: Escape and a click elsewhere shut them.
// Without this the button does.
export function watchMenus(): void {
  const shut = (menu: HTMLDetailsElement): void => {
    menu.open = false;
  };
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll<HTMLDetailsElement>("details.menu[open]")) {
      if (event.target instanceof Node && !menu.contains(event.target)) shut(menu);
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || event.isComposing) return;
    const menu = event.target instanceof Element ? event.target.closest<HTMLDetailsElement>("details.menu[open]") : null;
    if (!menu) return;
    event.preventDefault();
    shut(menu);
    menu.querySelector("summary")?.focus();
  });
}

/** A form that was filled in like another: its title is what differs, and is written over. */
export function selectTitle(): void {
  if (new URLSearchParams(location.search).has("like")) document.querySelector<HTMLTextAreaElement>("#f-title")?.select();
}
