// The published guide: theme and search; pages are complete without it.

const THEME = "hondo-theme";

function kept() {
  try { return localStorage.getItem(THEME); } catch { return null; }
}

function use(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
}

use(kept());

const folded = (words) => words.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");

function score(section, words) {
  const title = ` ${folded(section[2])}`, text = ` ${folded(section[4])}`;
  let total = 0;
  for (const word of words) {
    const here = 8 * (title.split(` ${word}`).length - 1) + Math.min(6, text.split(` ${word}`).length - 1);
    if (!here) return 0;
    total += here;
  }
  return total;
}

function search() {
  const list = document.getElementById("hits");
  const words = folded(document.getElementById("query").value).split(/\s+/).filter(Boolean);
  list.replaceChildren();
  if (!words.length) return;
  const found = SECTIONS.map((section) => [score(section, words), section]).filter(([points]) => points);
  found.sort((one, other) => other[0] - one[0]);
  for (const [, [chapter, anchor, title, about]] of found.slice(0, 12)) {
    const item = document.createElement("li"), link = document.createElement("a"), small = document.createElement("small");
    link.href = `${chapter}.html#${anchor}`;
    link.textContent = title;
    small.textContent = about;
    item.append(link, small);
    list.append(item);
  }
  if (!found.length) list.textContent = list.dataset.none;
}

document.addEventListener("DOMContentLoaded", () => {
  document.getElementById("query")?.addEventListener("input", search);
  document.getElementById("theme")?.addEventListener("click", () => {
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    const now = document.documentElement.dataset.theme ?? (dark ? "dark" : "light");
    const next = now === "dark" ? "light" : "dark";
    use(next);
    try { localStorage.setItem(THEME, next); } catch { /* not kept, then */ }
  });
});
