/* Uploading a file: drop it into the box, and see how far it is. The form works without. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-upload]");
  if (!form) return;
  const field = form.querySelector("input[type='file']");
  const box = form.querySelector("[data-dropzone]");
  const shown = form.querySelector("[data-progress]");
  const bar = form.querySelector("progress");
  const problem = form.querySelector("[data-problem]");
  const limit = Number(form.dataset.limit);
  box.hidden = false;

  const tooLarge = () => {
    const file = field.files[0];
    const large = Boolean(file) && file.size > limit;
    problem.textContent = large ? `The file is larger than the ${Math.round(limit / 1048576)} MB allowed.` : "";
    return large;
  };
  field.addEventListener("change", tooLarge);

  form.addEventListener("dragover", (event) => {
    event.preventDefault();
    form.classList.add("dropping");
  });
  form.addEventListener("dragleave", () => form.classList.remove("dropping"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("dropping");
    if (event.dataTransfer.files.length) {
      field.files = event.dataTransfer.files;
      box.textContent = field.files[0].name;
      tooLarge();
    }
  });

  form.addEventListener("submit", (event) => {
    if (tooLarge()) { event.preventDefault(); return; }
    if (!field.files.length) return;
    event.preventDefault();
    const button = form.querySelector("button");
    const request = new XMLHttpRequest();
    button.disabled = true;
    shown.hidden = false;
    request.upload.addEventListener("progress", (sent) => {
      if (sent.lengthComputable) bar.value = Math.round((100 * sent.loaded) / sent.total);
      if (sent.loaded === sent.total) shown.querySelector("label").textContent = "Reading";
    });
    request.addEventListener("load", () => {
      if (request.status < 400) { window.location.assign(request.responseURL); return; }
      const page = new DOMParser().parseFromString(request.responseText, "text/html");
      const said = page.querySelector(".errorlist li, .lede");
      problem.textContent = said ? said.textContent.trim() : "The file was not taken.";
      button.disabled = false;
      shown.hidden = true;
    });
    request.addEventListener("error", () => {
      problem.textContent = "The connection broke off. Nothing was imported; upload it again.";
      button.disabled = false;
      shown.hidden = true;
    });
    request.open("POST", window.location.pathname);
    request.send(new FormData(form));
  });
})();
