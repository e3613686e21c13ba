// Addresses that a text may link to, in the spelling that the server keeps:
// reader/src/rich/address.rs says the same; change both.
const OWN = /^recto:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;
const SCHEMES = ["http:", "https:", "mailto:", "tel:"];

/** The item of our own that an address names. */
export function ownId(href: string): string | undefined {
  return OWN.exec(href.trim())?.[1];
}

/** The address as it is kept; nothing where a text may not link to it. */
export function address(typed: string): string | undefined {
  let href: string;
  try {
    href = typed.trim().replace(/[\s\u0000-\u001f\u007f-\u009f"<>`]/g, encodeURIComponent);
  } catch {
    return undefined;
  }
  if (href.startsWith("/")) return /^\/[/\\]/.test(href) ? undefined : href;
  if (ownId(href)) return href;
  if (!URL.canParse(href)) return undefined;
  return SCHEMES.includes(new URL(href).protocol) ? href : undefined;
}

/** The address that somebody means who types it: `example.org`, `a@example.org`, `/people`. */
export function meant(typed: string): string | undefined {
  const text = typed.trim();
  if (/^[^\s@/:]+@[^\s@/:]+\.[^\s@/:]+$/.test(text)) return address(`mailto:${text}`);
  if (/^(?:[\w-]+\.)+[a-z]{2,}(?:[/?#:]|$)/i.test(text)) return address(`https://${text}`);
  return address(text);
}
