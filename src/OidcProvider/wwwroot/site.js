// Small comforts; every page works without this file.
"use strict";

for (const button of document.querySelectorAll("[data-reveal]")) {
  const input = document.getElementById(button.getAttribute("aria-controls"));
  const status = button.parentElement.querySelector("[role=status]");
  const show = visible => {
    input.type = visible ? "text" : "password";
    button.textContent = visible ? button.dataset.hide : button.dataset.show;
    button.setAttribute("aria-label", visible ? button.dataset.hideLabel : button.dataset.showLabel);
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    show(input.type === "password");
    status.textContent = input.type === "text" ? button.dataset.visible : button.dataset.hidden;
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

// What the keepers of passkeys should know: which passkeys there are, what their owner is called, which one is gone (WebAuthn Level 3 §5.1.10).
if (window.PublicKeyCredential) {
  const tell = (what, about) => PublicKeyCredential[what]?.(about)?.catch(() => { });
  for (const element of document.querySelectorAll("[data-passkey-signal]")) {
    const { rpId, userId, allAcceptedCredentialIds, name, displayName } = JSON.parse(element.dataset.passkeySignal);
    tell("signalAllAcceptedCredentials", { rpId, userId, allAcceptedCredentialIds });
    tell("signalCurrentUserDetails", { rpId, userId, name, displayName });
  }
  for (const element of document.querySelectorAll("[data-passkey-unknown]")) {
    tell("signalUnknownCredential", { rpId: element.dataset.rp, credentialId: element.dataset.passkeyUnknown });
  }
  for (const element of document.querySelectorAll("[data-needs-passkeys]")) {
    element.hidden = false;
  }
}

// Passkeys (WebAuthn Level 3): the form carries the browser's answer. Autofill runs until the button is pressed.
if (window.PublicKeyCredential?.parseRequestOptionsFromJSON) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const status = form.querySelector("[role=status]");
    let autofill;
    const begin = async () => {
      const answer = await fetch(form.dataset.passkey, { method: "POST", body: new FormData(form) });
      if (!answer.ok) throw new Error("options");
      return answer.json();
    };
    const finish = (begun, credential) => {
      form.elements.ceremony.value = begun.ceremony;
      form.elements.credential.value = JSON.stringify(credential.toJSON());
      form.submit();
    };
    const ask = async options => {
      const begun = await begin();
      const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(begun.options);
      finish(begun, await navigator.credentials.get({ publicKey, ...options }));
    };
    form.hidden = false;
    form.querySelector("button").addEventListener("click", async () => {
      autofill?.abort();
      status.textContent = "";
      try {
        await ask({});
      } catch {
        status.textContent = form.dataset.failed;
      }
    });
    if (form.dataset.autofill && PublicKeyCredential.isConditionalMediationAvailable) {
      PublicKeyCredential.isConditionalMediationAvailable().then(available => {
        if (available) {
          autofill = new AbortController();
          ask({ mediation: "conditional", signal: autofill.signal }).catch(() => { });
        }
      });
    }
  }
  for (const form of document.querySelectorAll("form[data-passkey-add]")) {
    const status = form.querySelector("[role=status]");
    form.hidden = false;
    form.addEventListener("submit", async event => {
      if (form.elements.credential.value) return;
      event.preventDefault();
      status.textContent = "";
      try {
        const answer = await fetch(form.dataset.passkeyAdd, { method: "POST", body: new FormData(form) });
        if (!answer.ok) throw new Error("options");
        const begun = await answer.json();
        const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(begun.options);
        const credential = await navigator.credentials.create({ publicKey });
        form.elements.ceremony.value = begun.ceremony;
        form.elements.credential.value = JSON.stringify(credential.toJSON());
        form.submit();
      } catch {
        status.textContent = form.dataset.failed;
      }
    });
  }
}
