// Small comforts; every page works without this file.
"use strict";

for (const button of document.querySelectorAll("[data-reveal]")) {
  const input = document.getElementById(button.getAttribute("aria-controls"));
  const status = button.parentElement.querySelector("[role=status]");
  const show = visible => {
    input.type = visible ? "text" : "password";
    button.textContent = visible ? "Hide" : "Show";
    button.setAttribute("aria-label", visible ? "Hide password" : "Show password");
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    show(input.type === "password");
    status.textContent = input.type === "text" ? "Your password is visible" : "Your password is hidden";
  });
  // So that the browser does not remember the password as ordinary text.
  input.form.addEventListener("submit", () => show(false));
  addEventListener("pageshow", () => show(false));
}

// A second click within a second is the same click.
for (const form of document.querySelectorAll("form[data-once]")) {
  let last = 0;
  form.addEventListener("submit", event => {
    if (event.timeStamp - last < 1000 && last > 0) {
      event.preventDefault();
    }
    last = event.timeStamp;
  });
}
