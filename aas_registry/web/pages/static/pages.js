// Keyboard first: "/" goes to the search, on every page. Copying a link, and forms that send themselves.

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const field = document.querySelector("[data-shortcut]");
    if (field) {
      event.preventDefault();
      field.focus();
      field.select();
    }
  }
});

for (const link of document.querySelectorAll("[data-copy]")) {
  link.addEventListener("click", async (event) => {
    if (!navigator.clipboard) return; // plain http on another machine: the link itself still works
    event.preventDefault();
    await navigator.clipboard.writeText(link.href);
    const words = link.querySelector("[data-copied]");
    const before = words.textContent;
    words.textContent = words.dataset.copied;
    setTimeout(() => { words.textContent = before; }, 2000);
  });
}

for (const field of document.querySelectorAll("[data-sends]")) {
  field.addEventListener("change", () => field.form.requestSubmit());
}

// A scanner that types sends the separators of a label as control keys, which leave nothing in a
// field. Their pictures are put in instead; the reader of labels knows them.
const separators = { "]": "\u241d", "^": "\u241e", "6": "\u241e", "d": "\u2404" };
for (const field of document.querySelectorAll("[data-scans]")) {
  field.addEventListener("keydown", (event) => {
    const sign = event.key === "F8" ? "\u241d" : event.ctrlKey && !event.altKey && separators[event.key.toLowerCase()];
    if (!sign || !field.value.includes(">")) return; // no scan begins without "[)>": a person's own shortcut
    event.preventDefault();
    field.setRangeText(sign, field.selectionStart, field.selectionEnd, "end");
  });
}

// On a phone the menu is wider than the screen: it begins where the reader is.
const here = document.querySelector(".nav [aria-current]");
if (here) here.parentElement.scrollLeft = here.offsetLeft + here.offsetWidth / 2 - here.parentElement.clientWidth / 2;

// The demo fills while it is looked at.
const filling = document.querySelector("[data-filling]");
if (filling) {
  const ask = async () => {
    const answer = await fetch(filling.dataset.filling).catch(() => null);
    if (!answer?.ok) return;
    const { percent } = await answer.json();
    filling.querySelector("progress").value = percent;
    filling.querySelector("[data-percent]").textContent = percent;
    if (percent < 100) setTimeout(ask, 2000);
    else filling.remove();
  };
  setTimeout(ask, 2000);
}
