// The site's own behaviour. Every page works without it; each part below adds to HTML that works alone.
const root = document.documentElement;
root.classList.add("js");

const all = (selector, within) => Array.from((within || document).querySelectorAll(selector));

// on calls f with the nearest element that matches, wherever the event began: parts that htmx brings later work too.
const on = (type, selector, f) =>
  document.addEventListener(type, (e) => {
    const hit = e.target instanceof Element && e.target.closest(selector);
    if (hit) f(hit, e);
  });

// Printing: what is folded is unfolded on paper, and folded again afterwards.
let unfolded = [];
window.addEventListener("beforeprint", () => {
  unfolded = all("details:not([open])");
  for (const d of unfolded) d.open = true;
});
window.addEventListener("afterprint", () => {
  for (const d of unfolded) d.open = false;
  unfolded = [];
});
on("click", "[data-print]", () => window.print());

// Unfold or fold everything in the element that the button names.
on("click", "[data-unfold]", (button) => {
  const box = document.getElementById(button.dataset.unfold);
  if (!box) return;
  const list = all("details", box);
  const open = list.some((d) => !d.open);
  for (const d of list) d.open = open;
  if (!button.dataset.more) button.dataset.more = button.textContent;
  button.textContent = open ? button.dataset.less || "全部收起" : button.dataset.more;
});

// A result tells how each value came about; the rule and every line that was read stand on the page of its workings, to
// which each part links. Whoever unfolds one wants to see them: that page is fetched once, and what it tells of each part
// takes the place of what stands here. Where that fails, or something else answers (a session may have ended), the links stay,
// and the next unfolding tries again.
let fetched = false;
const complete = async (link) => {
  fetched = true;
  try {
    const answer = await fetch(link.href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!answer.ok || !page.querySelector("#tree")) throw new Error("no workings");
    for (const why of all("#tree .why")) {
      const to = why.querySelector("a");
      const node = to && page.getElementById(decodeURIComponent(to.hash.slice(1)));
      if (node) why.replaceWith(node.querySelector(".why"));
    }
  } catch (e) {
    fetched = false;
  }
};
document.addEventListener(
  "toggle",
  (e) => {
    const link = e.target.open && !fetched && !unfolded.length && e.target.querySelector("#tree .why a");
    if (link) complete(link);
  },
  true,
);

// A link to something folded away opens what hides it.
const reveal = () => {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  for (let d = target.closest("details"); d; d = d.parentElement.closest("details")) d.open = true;
  target.scrollIntoView();
};
window.addEventListener("hashchange", reveal);

// Dialogs: without support the link that opens one is followed instead.
on("click", "[data-open]", (opener, e) => {
  const dialog = document.getElementById(opener.dataset.open);
  if (!dialog || !dialog.showModal) return;
  e.preventDefault();
  dialog.showModal();
});
on("click", "[data-close]", (button) => {
  const dialog = button.closest("dialog");
  if (dialog) dialog.close();
});

// Unsaved input: ask before it is left. Browsers show their own words.
const dirty = new Set();
on("input", "form[data-guard]", (form) => dirty.add(form));
window.addEventListener("beforeunload", (e) => {
  for (const form of dirty) if (!document.contains(form)) dirty.delete(form);
  if (!dirty.size) return;
  e.preventDefault();
  e.returnValue = "";
});

// A form is sent once: tired people press twice. [data-again] is for answers that are downloads and leave the page standing;
// other forms may be sent again after ten seconds, in case the answer never came.
const sent = new WeakMap();
document.addEventListener("submit", (e) => {
  const form = e.target;
  if (e.defaultPrevented || form.method === "dialog") return;
  if (Date.now() - (sent.get(form) || 0) < 10000) {
    e.preventDefault();
    return;
  }
  if (form.method === "post" && !form.hasAttribute("data-again")) sent.set(form, Date.now());
  dirty.delete(form);
});
document.addEventListener("htmx:afterRequest", (e) => {
  if (e.detail.successful) dirty.delete(e.detail.elt);
});
window.addEventListener("pageshow", (e) => {
  if (e.persisted) all("form").forEach((form) => sent.delete(form));
});

// A file may be dropped on its box; the box says what was chosen.
const size = (n) => (n < 1e6 ? Math.max(1, Math.round(n / 1e3)) + " KB" : (n / 1e6).toFixed(1) + " MB");
on("change", "[data-drop] input[type=file]", (input) => {
  const say = input.closest("[data-drop]").querySelector("output");
  if (say) say.textContent = Array.from(input.files, (f) => f.name + "（" + size(f.size) + "）").join("、");
});
on("dragover", "[data-drop]", (box, e) => {
  e.preventDefault();
  box.classList.add("over");
});
on("dragleave", "[data-drop]", (box, e) => {
  if (!box.contains(e.relatedTarget)) box.classList.remove("over");
});
on("drop", "[data-drop]", (box, e) => {
  const input = box.querySelector("input[type=file]");
  box.classList.remove("over");
  if (!input || !e.dataTransfer.files.length) return;
  e.preventDefault();
  input.files = e.dataTransfer.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
});

// Choosing rows for a batch: all at once, and how many are chosen.
on("change", "form .pick input", (box) => {
  const rows = all("td.pick input", box.form);
  const whole = box.form.querySelector("[data-pick-all]");
  if (box === whole) for (const r of rows) r.checked = whole.checked;
  const picked = rows.filter((r) => r.checked).length;
  for (const r of rows) r.closest("tr").setAttribute("aria-selected", r.checked);
  if (whole) {
    whole.checked = picked === rows.length;
    whole.indeterminate = picked > 0 && picked < rows.length;
  }
  for (const out of all("[data-picked]", box.form)) out.textContent = picked;
});

// What went wrong is read first.
const errors = document.querySelector(".errors");
if (errors) errors.focus();
else reveal();
