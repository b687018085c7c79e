// Niceties alone: every page does its work without this file.

// An open menu closes when one clicks beside it or presses Escape.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// Copy buttons show only where they work; the field beside them can always be copied by hand.
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).value);
    button.textContent = "Copied";
  });
}

// What a page shows anew by itself stays as its reader has it: opened, and where the keyboard is.
const kept = { open: [], focus: "" };
document.addEventListener("htmx:beforeSwap", (event) => {
  const part = event.detail.target, at = document.activeElement;
  kept.open = [...part.querySelectorAll("details[open][id]")].map((one) => one.id);
  kept.focus = "";
  if (!part.contains(at)) return;
  if (at.id) kept.focus = `#${CSS.escape(at.id)}`;
  else if (at.hasAttribute("href")) kept.focus = `a[href="${CSS.escape(at.getAttribute("href"))}"]`;
});
document.addEventListener("htmx:afterSwap", () => {
  for (const id of kept.open) document.getElementById(id)?.setAttribute("open", "");
  if (kept.focus) document.querySelector(`#main ${kept.focus}`)?.focus({ preventScroll: true });
  kept.open = [];
  kept.focus = "";
});
