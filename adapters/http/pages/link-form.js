// The pages that mails lead to: sends the form with the link's token as JSON, and shows what the server says.
"use strict";

history.replaceState(null, "", location.pathname); // the token stays neither in the history nor in a bookmark

document.querySelectorAll("form[data-link-form]").forEach((form) => {
  const shown = document.querySelector("[data-answer]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const body = { [form.dataset.tokenName || "token"]: form.dataset.token, ...Object.fromEntries(new FormData(form)) };
    try {
      const answer = await fetch(form.dataset.linkForm, {
        method: "POST",
        headers: { "Content-Type": "application/json", "Accept-Language": document.documentElement.lang },
        body: JSON.stringify(body),
      });
      const said = await answer.json();
      shown.textContent = answer.ok ? said.message || form.dataset.done : [said.error, ...(said.details || []).map((each) => each.message)].join(": ");
      if (answer.ok) document.querySelectorAll("form[data-link-form]").forEach((each) => each.remove());
    } catch (failure) {
      shown.textContent = String(failure);
    }
  });
});
