/** Colours: light or dark as the system has it, unless the page says which, and the app's own theme. */

const dark = matchMedia("(prefers-color-scheme: dark)");
let wanted = "auto";

/** Show the page in `scheme`: "light", "dark", or anything else for what the system prefers, now and later. */
export function useScheme(scheme: string): void {
  wanted = scheme;
  show();
  dark.onchange = show;
}

function show(): void {
  const isDark = wanted === "dark" || (wanted !== "light" && dark.matches);
  document.documentElement.classList.toggle("wa-dark", isDark);
  document.documentElement.classList.toggle("wa-light", !isDark);
}

/** Set the app's CSS custom properties, in place of those of an earlier page. */
export function useTheme(theme: Record<string, string>): void {
  const style = document.documentElement.style;
  for (const name of [...style]) if (name.startsWith("--")) style.removeProperty(name);
  for (const [name, value] of Object.entries(theme)) style.setProperty(name, value);
}
