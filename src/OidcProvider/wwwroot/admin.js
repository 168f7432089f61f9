// Comforts of the administration; every page works without this file.
"use strict";

// Ids and snippets can be copied where the browser allows it.
for (const button of document.querySelectorAll("button[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    const before = button.textContent;
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = before; }, 1500);
  });
}

// One box for all the boxes of a list.
for (const all of document.querySelectorAll("input[data-tick-all]")) {
  const boxes = [...all.form.elements].filter(field => field.name === "ids");
  const show = () => { all.checked = boxes.every(box => box.checked); };
  all.hidden = boxes.length === 0;
  all.addEventListener("change", () => { for (const box of boxes) box.checked = all.checked; });
  for (const box of boxes) box.addEventListener("change", show);
}

// "/" goes to the search field of the page.
addEventListener("keydown", event => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  const search = document.querySelector("input[type=search]");
  if (event.key === "/" && !typing && search) {
    event.preventDefault();
    search.focus();
  }
});
