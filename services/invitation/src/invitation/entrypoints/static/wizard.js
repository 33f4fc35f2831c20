// What makes the wizard more comfortable where scripts run. Everything works without them.
"use strict";

const GUID = /^\{?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?$/i;
const DOMAIN = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/i;
const PLAIN = /^[\x21-\x7e]{1,500}$/;
const DATE = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;
const bare = (text) => text.replace(/^\{|\}$/g, "").toLowerCase();

// The same shapes as on the server, which checks them again. The name of the fault, or null.
const SHAPES = {
  tenant: (text) => (!text ? "missing" : GUID.test(text) || DOMAIN.test(text) ? null : "form"),
  client_id: (text, form) => {
    if (!text) return "missing";
    if (!GUID.test(text)) return "form";
    return bare(text) === bare(form.elements.tenant.value.trim()) ? "same" : null;
  },
  secret: (text) => (!text ? "missing" : GUID.test(text) ? "id" : PLAIN.test(text) ? null : "form"),
  expiry: (text, form) => {
    const input = form.elements.expiry;
    if (input.validity.badInput || (text && !DATE.test(text))) return "form";
    return text && text < new Date().toISOString().slice(0, 10) ? "past" : null;
  },
};

function faultOf(input) {
  const shape = SHAPES[input.name];
  const name = shape ? shape(input.value.trim(), input.form) : null;
  return name ? input.getAttribute(`data-fault-${name}`) : null;
}

function showFault(input, text) {
  const place = input.closest("[data-field]");
  const id = `${input.id}-fault`;
  let shown = document.getElementById(id);
  if (!text) {
    if (shown) shown.remove();
    place.classList.remove("field-fault");
    input.removeAttribute("aria-invalid");
    input.setAttribute("aria-describedby", `${input.id}-hint`);
    return;
  }
  if (!shown) {
    shown = document.createElement("div");
    shown.id = id;
    shown.className = "fault-text";
    document.getElementById(`${input.id}-hint`).after(shown);
  }
  shown.textContent = text;
  place.classList.add("field-fault");
  input.setAttribute("aria-invalid", "true");
  input.setAttribute("aria-describedby", `${input.id}-hint ${id}`);
}

function summarise(faults) {
  const summary = document.getElementById("summary");
  const list = summary.querySelector("ul");
  list.replaceChildren();
  for (const [input, text] of faults) {
    const row = document.createElement("li");
    const link = document.createElement("a");
    link.className = "alert-link";
    link.href = `#${input.id}`;
    link.textContent = input.labels[0].textContent;
    row.append(link, `: ${text}`);
    list.append(row);
  }
  summary.hidden = faults.length === 0;
  if (faults.length) summary.focus();
}

function watchForm(form) {
  const inputs = [...form.elements].filter((each) => each.name in SHAPES);
  const button = form.querySelector("[data-busy]");
  const words = button.textContent;
  for (const input of inputs) {
    // Only while somebody types: when a field is left for the button, the page must not move.
    input.addEventListener("input", () => {
      if (input.getAttribute("aria-invalid") && !faultOf(input)) showFault(input, null);
    });
  }
  form.addEventListener("submit", (event) => {
    const faults = inputs.map((each) => [each, faultOf(each)]);
    faults.forEach(([input, text]) => showFault(input, text));
    const found = faults.filter(([, text]) => text);
    if (found.length || form.dataset.sent) event.preventDefault();
    if (found.length) {
      summarise(found);
    } else {
      form.dataset.sent = "yes"; // a double click sends once
      button.setAttribute("aria-disabled", "true");
      button.textContent = button.dataset.busy;
    }
  });
  window.addEventListener("pageshow", () => {
    delete form.dataset.sent;
    button.removeAttribute("aria-disabled");
    button.textContent = words;
  });
}

function offerReveal(button) {
  const input = document.getElementById(button.dataset.reveal);
  const words = button.textContent;
  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = input.type === "text";
    input.type = shown ? "password" : "text";
    button.textContent = shown ? words : button.dataset.hide;
    button.setAttribute("aria-pressed", String(!shown));
  });
  input.form.addEventListener("submit", () => {
    input.type = "password"; // so that no browser keeps it among what was typed
  });
}

function offerCopy(button) {
  const words = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const text = document.getElementById(button.dataset.copy).innerText;
    await navigator.clipboard.writeText(text);
    button.textContent = button.dataset.copied;
    setTimeout(() => (button.textContent = words), 3000);
  });
}

// While something is being checked: look for news, and change the page only when there is some.
async function refresh() {
  const main = document.querySelector("main[data-refresh]");
  if (!main) return;
  try {
    const answer = await fetch(location.href, { redirect: "follow", credentials: "same-origin" });
    if (answer.redirected) {
      location.replace(answer.url);
      return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const news = page.querySelector("main");
    if (news && news.innerHTML !== main.innerHTML) {
      const other = news.querySelector("h1").textContent !== main.querySelector("h1").textContent;
      document.title = page.title;
      main.replaceWith(news);
      begin(news);
      if (other) news.focus();
    }
  } catch {
    // The network was away for a moment; the next look tells.
  }
  later();
}

function later() {
  const main = document.querySelector("main[data-refresh]");
  if (main) setTimeout(refresh, Number(main.dataset.refresh));
}

function begin(place) {
  place.querySelectorAll("form[data-registration]").forEach(watchForm);
  place.querySelectorAll("[data-reveal]").forEach(offerReveal);
  if (navigator.clipboard) place.querySelectorAll("[data-copy]").forEach(offerCopy);
}

begin(document);
later();
