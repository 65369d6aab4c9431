// portal-form.js: the command and the request's file follow the form of an action.
(() => {
  "use strict";
  const [form, command, file, link] = ["request", "command", "file", "new"].map((id) => document.getElementById(id));
  const all = (selector) => (form ? [...form.querySelectorAll(selector)] : []);
  const fields = all("[data-name]"), parts = all("[data-if]");
  const isOwn = (name) => name.startsWith("$");
  const number = (text) => (isNaN(text) ? text : Number(text));
  const text = (value) => (typeof value === "string" ? value : JSON.stringify(value));
  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
  const parsed = (text) => {
    try { return JSON.parse(text); } catch { return text; }
  };
  const usual = ({ dataset }) => ("default" in dataset ? parsed(dataset.default) : undefined);
  const isHidden = (field) => field.closest("[hidden]");

  // What is entered, as its type has it; undefined when nothing is.
  const entered = (field) => {
    const as = field.dataset.as, control = field.querySelector("select,textarea,input:not([name],[type=checkbox])");
    const ticked = [...field.querySelectorAll("input:checked")].map((box) => box.value);
    if (as === "list" || as === "numbers") {
      const lines = control ? control.value.split("\n").map((line) => line.trim()).filter(Boolean) : ticked;
      return lines.length ? (as === "list" ? lines : lines.map(number)) : undefined;
    }
    const value = control ? control.value : ticked[0];
    if (!value) return undefined;
    if (as === "number") return number(value);
    if (as === "boolean") return value === "true";
    if (as === "json") return parsed(value);
    if (as === "time") return value + (value.length === 16 ? ":00Z" : "Z");
    return value;
  };

  // jq's order: null, false, true, numbers, texts, the rest.
  const rank = (value) => [null, false, true].indexOf(value) + 1 || { number: 4, string: 5 }[typeof value] || 6;
  const less = (a, b) => (rank(a) === rank(b) ? a < b : rank(a) < rank(b));

  // Whether a condition holds, such as ["==", "size", "large"].
  const holds = ([sign, ...rest], values) => {
    const inner = (part) => holds(part, values), value = values.get(rest[0]) ?? null, other = rest[1];
    return {
      and: () => rest.every(inner),
      or: () => rest.some(inner),
      not: () => !inner(rest[0]),
      holds: () => value !== null && value !== false,
      "==": () => same(value, other),
      "!=": () => !same(value, other),
      "<": () => less(value, other),
      ">": () => less(other, value),
      "<=": () => !less(other, value),
      ">=": () => !less(value, other),
    }[sign]();
  };

  // What is hidden has its default; conditions may depend on each other.
  const settle = () => {
    for (let round = 0; round < 4; round++) {
      const values = new Map(fields.map((field) => [field.dataset.name, (isHidden(field) ? usual : entered)(field)]));
      for (const part of parts) part.hidden = !holds(JSON.parse(part.dataset.if), values);
    }
  };

  const quote = (word) => (/^[\w./:@%+=,][\w./:@%+=,-]*$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
  const label = (field) => `<${field.querySelector("label,legend").textContent.replace(/ \*$/, "")}>`;

  // What must be given, and what differs from its default.
  const answers = () => fields.flatMap((field) => {
    const { name, required } = field.dataset, value = entered(field);
    const needed = required !== undefined || (value !== undefined && !same(value, usual(field)));
    return needed && !isHidden(field) ? [[name, value ?? label(field)]] : [];
  });

  const option = ([name, value]) =>
    isOwn(name) ? `--${name.slice(1)} ${quote(text(value))}` : `--set ${quote(`${name}=${text(value)}`)}`;

  const request = (given, action) => {
    const lines = (some, line) => some.map(([name, value]) => `${line(name)}: ${JSON.stringify(value)}\n`).join("");
    const inputs = lines(given.filter(([name]) => !isOwn(name)), (name) => "  " + JSON.stringify(name));
    const own = lines(given.filter(([name]) => isOwn(name)), (name) => name.slice(1));
    return `action: ${JSON.stringify(action)}\n${own}inputs:${inputs ? "\n" + inputs : " {}\n"}`;
  };

  // Marks a text that does not match its pattern, if this browser can read that.
  const check = (field) => {
    const value = entered(field);
    try {
      const wrong = typeof value === "string" && !new RegExp(field.dataset.pattern, "u").test(value);
      field.querySelector("input,textarea,select").setAttribute("aria-invalid", wrong);
    } catch {}
  };

  const update = () => {
    settle();
    const given = answers(), { action } = command.dataset;
    const words = [`portal run ${quote(action)}`, ...given.map(option)], line = words.join(" ");
    command.textContent = line.length <= 78 ? line : words.join(" \\\n  ");
    if (file) file.textContent = "json" in file.dataset ? JSON.stringify(Object.fromEntries(given)) : request(given, action);
    if (link) {
      const name = new Date().toISOString().slice(0, 19).replace(/\D/g, "") + ".yaml";
      link.href = link.dataset.start + name;
      if ("filled" in link.dataset) link.href += "&value=" + encodeURIComponent(file.textContent);
    }
    fields.filter((field) => field.dataset.pattern).forEach(check);
  };

  if (!form) return;
  const entity = new URLSearchParams(location.search).get("entity"), asked = all('[data-name="$entity"] input')[0];
  if (asked && entity) asked.value = entity;
  form.onsubmit = () => false;
  form.oninput = form.onchange = update;
  update();
})();
