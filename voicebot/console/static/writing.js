/* What the pages of authors cannot do alone: taking over a name that was meant, and bringing a trial into view. */
"use strict";

document.addEventListener("click", (event) => {
  const meant = event.target.closest("[data-meant]");
  if (!meant) return;
  const input = meant.closest(".field").querySelector("input");
  input.value = meant.dataset.meant;
  meant.closest(".beside").replaceChildren();
  input.focus();
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id !== "trial-talk") return;
  const pane = event.target.closest(".trial");
  pane.scrollTop = pane.scrollHeight;
  const answer = event.target.querySelector("#trial-answer");
  if (answer) answer.focus({ preventScroll: true });
});

/* An archive is sent as it is: forms of this console carry no files. */
document.addEventListener("change", async (event) => {
  const input = event.target.closest("[data-upload]");
  if (!input || !input.files.length) return;
  input.setAttribute("aria-busy", "true");
  const sent = await fetch(input.dataset.upload, {
    method: "POST",
    headers: { "x-token": input.dataset.token, "content-type": "application/zip" },
    body: input.files[0],
  });
  window.location.assign(sent.url);
});
