/* Small comforts. Every page works without them. */
(() => {
  "use strict";

  // "Select all on this page", and how many are ticked.
  document.addEventListener("change", (event) => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement) || box.type !== "checkbox") return;
    const form = box.form;
    if (!form || !form.matches("[data-selection]")) return;
    const rows = [...form.querySelectorAll("input[name='pk']")];
    if (box.matches("[data-select-page]")) rows.forEach((row) => { row.checked = box.checked; });
    const ticked = rows.filter((row) => row.checked).length;
    const shown = form.querySelector("[data-ticked]");
    if (shown) shown.textContent = ticked === 1 ? "1 selected" : `${ticked} selected`;
  });

  // Keyboard: / searches, j and k walk through a list, Enter follows.
  const typing = (node) => node.closest("input, textarea, select, [contenteditable]");
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "/") {
      const search = document.querySelector("form.search input");
      if (search) { event.preventDefault(); search.focus(); }
    }
    if (event.key === "j" || event.key === "k") {
      const links = [...document.querySelectorAll("[data-walk] a[data-main]")];
      if (!links.length) return;
      const now = links.indexOf(document.activeElement);
      const next = event.key === "j" ? Math.min(now + 1, links.length - 1) : Math.max(now - 1, 0);
      links[next].focus();
    }
  });

  // A menu of the head closes by Escape, by a click elsewhere, and when another one opens.
  const menus = () => [...document.querySelectorAll(".masthead details[open]")];
  document.addEventListener("click", (event) => {
    menus().forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menus().forEach((menu) => {
      const within = menu.contains(document.activeElement);
      menu.open = false;
      if (within) menu.querySelector("summary").focus();
    });
  });

  // Buttons and links that name their key: "n" for the next line, "a" to accept.
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || typing(event.target)) return;
    if (event.key === "Enter" && event.target.closest("a, button, summary")) return;
    const wanted = [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === event.key);
    if (wanted) { event.preventDefault(); wanted.click(); }
  });

  // A filter chosen from a list applies at once.
  document.addEventListener("change", (event) => {
    const field = event.target;
    if (field instanceof HTMLSelectElement && field.form && field.form.matches("[data-autosubmit]")) {
      field.form.requestSubmit();
    }
  });
})();
