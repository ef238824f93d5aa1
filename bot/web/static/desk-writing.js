/* Comfort for an editor's page, which is complete without it: problems while typing, the line one click away. */

const form = document.getElementById("writing");
const text = document.getElementById("text");
const list = document.getElementById("problem-list");
const count = document.getElementById("problems-count");
const unsaved = document.getElementById("unsaved");
const WAIT_MS = 400;

const saved = text.value;
let timer = null;
let asked = 0;

function fields() {
  return new URLSearchParams([...new FormData(form)].filter(([name]) => name !== "over" && name !== "base"));
}

async function check() {
  const mine = ++asked;
  const response = await fetch("/desk/content/check", { method: "POST", body: fields() }).catch(() => null);
  if (!response || !response.ok || mine !== asked) return;
  show((await response.json()).problems);
}

function show(problems) {
  const errors = problems.filter((problem) => problem.level === "error").length;
  const said = problems.length
    ? `${errors} to correct, ${problems.length - errors} to think about.`
    : count.dataset.none;
  if (count.textContent !== said) count.textContent = said;
  list.replaceChildren(...problems.map(entry));
}

function entry({ line, column, code, level, message, hint }) {
  const link = Object.assign(document.createElement("a"), { href: "#text", textContent: `Line ${line}` });
  Object.assign(link.dataset, { line, column });
  const name = Object.assign(document.createElement("span"), { className: "small", textContent: code });
  const item = Object.assign(document.createElement("li"), { className: level });
  item.append(link, " ", name, ` ${message}`);
  if (hint) {
    const more = Object.assign(document.createElement("span"), { className: "quiet", textContent: hint });
    item.append(document.createElement("br"), more);
  }
  return item;
}

list.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-line]");
  if (!link) return;
  event.preventDefault();
  goTo(Number(link.dataset.line), Number(link.dataset.column));
});

function goTo(line, column) {
  const lines = text.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
  const end = start + (lines[line - 1] || "").length;
  text.focus();
  text.setSelectionRange(Math.min(start + column - 1, end), end);
  text.scrollTop = text.scrollHeight * (start / text.value.length) - text.clientHeight / 3;
}

text.addEventListener("input", () => {
  if (unsaved) unsaved.hidden = text.value === saved;
  clearTimeout(timer);
  timer = setTimeout(check, WAIT_MS);
});

let leaving = false;
form.addEventListener("submit", () => (leaving = true));
addEventListener("beforeunload", (event) => {
  if (!leaving && !text.readOnly && text.value !== saved) event.preventDefault();
});
addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "s" && !text.readOnly) {
    event.preventDefault();
    form.requestSubmit();
  }
});
