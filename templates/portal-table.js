// portal-table.js: sorts, filters and groups the entities of a blueprint; their rows are scripts below data/table.
(() => {
  "use strict";
  const table = document.querySelector("[data-rows]"), { make, load } = portal;
  const area = table.closest("section"), path = table.dataset.rows, still = [...table.tBodies];
  const [foot, side, form, say, chips, group, sort, boxes, box] =
    [".pages", "aside", "form", "[role=status]", ".chips", "[name=group]", "[name=sort]", ".boxes", "dialog"].map((own) => area.querySelector(own));
  const at = location, q = JSON.stringify, esc = (text) => String(text).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt()};`), fold = (text) => text.toLowerCase();
  const { compare } = new Intl.Collator("en", { numeric: true }), less = (a, b) => a - b || compare(a, b);
  let head, cols, by, ready, now, where, sorts, show, rows, tall = 37;

  // The state is what the address says after #?, or after ? until somebody changes it.
  const set = (word, list) => {
    const next = new URLSearchParams(now);
    next.delete(word);
    list.forEach((own) => next.append(word, own));
    at.hash = "?" + next;
  };
  const toggle = (word, value) => {
    const list = now.getAll(word);
    set(word, list.includes(value) ? list.filter((own) => own !== value) : [...list, value]);
  };
  const read = () => {
    let lost = 0;
    now = new URLSearchParams(at.hash[1] === "?" ? at.hash.slice(2) : at.search);
    where = [...now].flatMap(([word, value]) => {
      const [, id, op] = /(.*)\.(.*)/.exec(word) ?? [], col = by[id], ask = col?.asks.find(([own]) => own === op);
      if (id && !ask) lost++;
      return ask ? { word, col, op, value, ask } : [];
    });
    sorts = now.getAll("sort").map((own) => own.split(":desc")).flatMap(([id, down]) => by[id] ? { col: by[id], down: down === "" } : []);
    show = now.getAll("column").flatMap((id) => by[id] ?? []);
    if (!show[0]) show = head.shown.map((n) => cols[n]);
    return lost;
  };

  // A cell begins with its markup, or with a number that says how its values are written: as they are, as entities, as
  // addresses, as times.
  const MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const when = (iso) => `${+iso.slice(8, 10)} ${MONTHS.slice(iso.slice(5, 7) * 3 - 3).slice(0, 3)} ${iso.slice(0, 4)}, ${iso.slice(11, 16)} UTC`;
  const unpack = ({ folder }, [how = 0, ...own]) => {
    const values = own.map((one) => one.trim ? [[one, one], 0, [one.slice(8), one], [when(one), one]][how] : [one[0], one.at(-1)]);
    const link = ([text, id]) => [esc(text), `<a href="../${folder}/${esc(id)}.html">${esc(text)}</a>`, `<a href="${esc(id)}" rel="noopener noreferrer">${esc(text)}</a>`, `<time datetime="${esc(id)}">${text}</time>`][how];
    return { html: how.at ? how : values.map(link).join(", "), values };
  };

  // A chunk has the names of its rows, then of each column its different cells and which of them each row has. Here a
  // column has each cell once for all rows. A value is a text, and what it is called.
  const merge = ([names, ...parts], start) => {
    names.forEach((entry, n) => {
      const [file, label, icon, id] = [entry].flat();
      cols[0].cells[start + n] = { values: [[label || file, id || file]], file, icon: icon || head.icon };
      cols[0].codes[start + n] = start + n;
    });
    parts.forEach(([cells, codes], n) => {
      const col = cols[n + 1], known = cells.map((cell) => col.index[q(cell)] ??= col.cells.push(unpack(col, cell)) - 1);
      names.forEach((_, n) => { col.codes[start + n] = known[codes ? codes[n] ?? 0 : n]; });
    });
  };
  const all = () => ready ??= Promise.all([...Array(head.chunks).keys()].map(async (n) => merge(await load(`${path}/${n}.js`), n * head.chunk)));

  const key = ({ kind, order }, [text, id]) => kind === "n" ? +id : order ? order.indexOf(id) : kind === "t" ? id : fold(text);
  const test = ({ col, op, value }) => {
    const limit = key(col, [value, value]), some = (fits) => ({ values }) => values.some(fits), any = some(() => true);
    const is = some((own) => own.includes(value)), has = some((own) => fold(own.join("\n")).includes(fold(value)));
    const than = (...signs) => some((own) => signs.includes(Math.sign(less(key(col, own), limit))));
    return { is, any, has, not: (cell) => !is(cell), empty: (cell) => !any(cell), lt: than(-1), le: than(-1, 0), gt: than(1), ge: than(1, 0) }[op];
  };

  // The place of each cell among the others of its column, the last for nothing.
  const places = (col) => col.places ??= (() => {
    const keys = col.cells.map(({ values: [first] }) => first && key(col, first)), found = keys.map(() => keys.length);
    [...keys.keys()].filter((n) => col.cells[n].values[0]).sort((a, b) => less(keys[a], keys[b])).forEach((own, n) => { found[own] = n; });
    return found;
  })();
  const sorted = (some, keys) => {
    const ranks = keys.map(({ col: { codes }, col, down }) => {
      const found = places(col);
      return (row, own = found[codes[row]]) => down && own < found.length ? -own : own;
    });
    return [...some].sort((a, b) => ranks.reduce((way, rank) => way || rank(a) - rank(b), 0));
  };

  // Finds the rows that pass the filters, in order. A facet counts what all filters but its own let pass.
  const find = () => {
    const filters = [...Map.groupBy(where, ({ col }) => col)].map(([col, own]) => {
      const tests = own.map(({ op }, n) => [op === "is", test(own[n])]), some = tests.filter(([is]) => is);
      return { col, pass: col.cells.map((cell) => (!some[0] || some.some(([, fits]) => fits(cell))) && tests.every(([is, fits]) => is || fits(cell))) };
    });
    const facets = head.facets.map(([n]) => ({ col: cols[n], counts: cols[n].cells.map(() => 0) }));
    rows = [];
    for (let row = 0; row < head.count; row++) {
      let failed, times = 0;
      for (const { col, pass } of filters) if (!pass[col.codes[row]]) failed = col, times++;
      if (!times) rows.push(row);
      if (times < 2) for (const { col, counts } of facets) if (!times || col === failed) counts[col.codes[row]]++;
    }
    if (sorts[0]) rows = sorted(rows, sorts);
    return facets.map(({ col, counts }) => {
      const found = new Map();
      counts.forEach((count, code) => col.cells[code].values.forEach(([text, id]) => found.set(id, [text, id, count + (found.get(id)?.[2] ?? 0)])));
      const values = [...found.values()].filter(([, id, count]) => count || now.has(col.id + ".is", id));
      return [col, values.sort((a, b) => col.kind === "l" ? key(col, b) - key(col, a) : b[2] - a[2] || compare(a[0], b[0]))];
    });
  };

  // Rows are drawn in blocks: parts of the table that are empty, and as high, until they come near.
  const press = (does, inside, more = "") => `<button type="button" data-do="${esc(q(does))}" ${more}>${inside}</button>`;
  const look = ({ number, tag }, n) => (number ? "n " : tag && !n ? "hi " : "") + (n > 4 ? "p3" : n > 2 ? "p2" : "");
  const line = (item, n) => {
    if (item.list) return `<tr class="grp"><th colspan="${show.length + 1}">${press(["toggle", "fold", item.id], `${item.folded ? "▸" : "▾"} ${esc(item.id || "None")}`, `aria-expanded="${!item.folded}"`)} <small>${item.list.length}</small>`;
    const { values: [[label, id]], file, icon } = cols[0].cells[item], name = label === id ? "" : ` <span class="id p3">${esc(id)}</span>`;
    return `<tr aria-rowindex="${n + 2}"><th><a class="k" href="${file}.html"><svg aria-hidden="true"><use href="#${icon}"/></svg><b>${esc(label)}</b>${name}</a>` + show.map((col, n) => {
      const { html } = col.cells[col.codes[item]];
      return `<td class="${look(col, n)}"${col.number && html ? ` data-l="${esc(col.label)}"` : ""}>${html}`;
    }).join("");
  };
  const fill = (body) => {
    if (!body.full) body.innerHTML = body.items.map((item, n) => line(item, body.start + n)).join("");
    body.full = true;
  };
  const clear = (body) => {
    if (body.full === false || body.contains(document.activeElement)) return;
    const high = body.full ? body.offsetHeight : body.items.length * tall;
    body.innerHTML = '<tr aria-hidden="true"><td>&nbsp;';
    body.rows[0].style.height = high + "px";
    body.full = false;
  };
  const watch = new IntersectionObserver((seen) => seen.forEach((own) => (own.isIntersecting ? fill : clear)(own.target)), { rootMargin: "1200px" });
  const items = () => {
    const col = by[now.get("group")];
    if (!col) return rows;
    const groups = Map.groupBy(sorted(rows, [{ col }]), (row) => col.cells[col.codes[row]].values.map(([text]) => text).join(", "));
    return [...groups].flatMap(([id, list]) => now.has("fold", id) ? { id, list, folded: true } : [{ id, list }, ...list]);
  };
  const draw = () => {
    const list = items();
    table.ariaRowCount = list.length + 1;
    for (let start = 0; start < list.length; start += 80) {
      const body = make("tbody", { items: list.slice(start, start + 80), start });
      table.append(body);
      (start ? clear : fill)(body);
      if (!start) tall = body.offsetHeight / body.items.length;
      watch.observe(body);
    }
  };

  const opts = (some) => some.map(([id, text]) => `<option value="${esc(id)}">${esc(text)}`).join("");
  const sides = (facets) => facets.filter(([, values]) => values[0]).map(([{ id, label }, values]) => {
    const word = id + ".is", list = values.map(([text, value, count]) => "<li>" + press(["toggle", word, value], `${esc(text)} <small>${count}</small>`, `aria-pressed="${now.has(word, value)}"`));
    const rest = list.splice(8), open = rest.some((own) => own.includes('"true"')) ? " open" : "";
    return `<div class="facet"><h2>${esc(label)}</h2><ul>${list.join("")}</ul>${rest[0] ? `<details${open}><summary>${rest.length} more</summary><ul>${rest.join("")}</ul></details>` : ""}</div>`;
  }).join("");
  const render = async () => {
    const lost = read(), plain = !String(now), kept = document.activeElement.dataset.do;
    if (!plain) {
      say.textContent = "Loading…";
      await all().catch((error) => { throw say.textContent = error.message; });
    }
    const facets = plain ? head.facets.map(([n, values]) => [cols[n], values]) : find();
    if (side) side.innerHTML = sides(facets);
    chips.innerHTML = where.map(({ word, col, value, ask }) => {
      const cell = col.cells.find(({ values: [own] }) => own?.[1] === value);
      return press(["toggle", word, value], `${esc(col.label)} ${ask[1]} <b>${esc(cell?.values[0][0] ?? value)}</b> ×`, 'class="chip"');
    }).join("");
    for (const own of [group, sort]) own.value = now.get(own.name) ?? "";
    for (const own of boxes.querySelectorAll("input")) own.checked = own.value ? show.includes(by[own.value]) : now.has("dense");
    // Pages after the first have fewer columns, until rows are drawn.
    table.tHead.rows[0].innerHTML = [cols[0], ...show].slice(0, plain ? still[0].rows[0].cells.length : 99).map((col, n) => {
      const own = sorts.find((own) => own.col === col), way = own ? own.down ? "descending" : "ascending" : "none";
      return `<th class="${n ? look(col, n - 1) : ""}" aria-sort="${way}">` + press(["sort", col.id], esc(col.label));
    }).join("");
    watch.disconnect();
    [...table.tBodies].forEach((body) => body.remove());
    plain ? table.append(...still) : draw();
    foot.classList.toggle("plain", plain);
    // The headings stay in sight, unless the columns do not: then the table scrolls by itself.
    table.classList.toggle("wide", table.scrollWidth > table.parentNode.clientWidth);
    for (const own of document.querySelectorAll(".views a")) {
      const view = String(new URLSearchParams(own.search)) === String(now);
      own.ariaCurrent = own.hash || !view ? null : "true";
    }
    say.textContent = (plain ? "" : `${rows.length} of ${head.count}`) + (lost ? `; ${lost} unknown filters` : "");
    if (kept) area.querySelector(`[data-do="${CSS.escape(kept)}"]`)?.focus();
  };

  // The filter that is being made: what can be asked depends on the property.
  const asking = async ({ target }) => {
    const { id, op, value } = form, col = by[id.value];
    if (target !== op && target !== value) op.innerHTML = opts(col.asks);
    value.type = { t: "date", n: "number" }[col.kind] ?? "text";
    value.step = "any";
    await all();
    form.lastElementChild.innerHTML = opts(col.cells.slice(0, 300).flatMap(({ values }) => values.map(([text, id]) => [id, text])));
  };
  const csv = () => {
    // A spreadsheet must not take a text for a formula.
    const cell = (text) => `"${(/^[=+\-@\s]/.test(text) && isNaN(text) ? "'" : "") + text.replaceAll('"', '""')}"`;
    const line = (row) => [...cols[0].cells[row].values[0]].reverse().concat(show.map((col) => col.cells[col.codes[row]].values.map(([, id]) => id).join("; ")));
    const lines = [["$identifier", "$title", ...show.map(({ id }) => id)], ...rows.map(line)].map((own) => own.map(cell).join() + "\r\n");
    make("a", { download: head.blueprint + ".csv", href: URL.createObjectURL(new Blob(lines)) }).click();
  };

  // The view as a page of the catalog, to be committed: YAML takes JSON for lists and texts.
  const save = () => {
    const title = box.querySelector("input").value, group = now.get("group"), seen = {};
    for (const { word, col: { id, subject, kind, boolean, many }, op, value, ask } of where) {
      const own = kind === "n" ? +value : boolean ? value === "yes" : value, is = op === "is", old = is && seen[word];
      if (old) Object.assign(old, { operator: many ? "containsAny" : "in", value: [old.value, own].flat() });
      else seen[word + (is ? "" : value)] = { ...subject ?? { property: id }, operator: is && many ? "contains" : ask[2], value: /y$/.test(op) ? undefined : own };
    }
    const parts = {
      title, name: fold(title).replace(/\W+/g, "_"), group: group ? [group] : [], shown: ["$title", ...show.map(({ id }) => id)],
      sort: sorts.map(({ col, down }) => ({ property: col.id, order: down ? "desc" : "asc" })),
    };
    const rules = Object.values(seen).map((own) => "\n            - " + q(own)).join("");
    box.querySelector("textarea").value = head.view.replace(/<(\w+)>/g, (_, part) => part === "rules" ? rules : q(parts[part]));
    box.open || box.showModal();
  };

  const acts = {
    toggle, csv, save,
    sort(id, { shiftKey }) {
      const old = now.getAll("sort"), down = id + ":desc", rest = shiftKey ? old.filter((own) => own !== id && own !== down) : [];
      set("sort", old.includes(down) ? rest : [...rest, old.includes(id) ? down : id]);
    },
    side({ target }) { target.ariaExpanded = area.classList.toggle("open"); },
    link() { say.textContent = navigator.clipboard?.writeText(at.href) ? "Copied" : prompt("", at.href); },
  };
  load(path + "/head.js").then((loaded) => {
    head = loaded;
    cols = head.columns.map((own) => ({ cells: [], index: {}, codes: new Uint32Array(head.count), asks: head.asks[own.kind], ...own }));
    by = { __proto__: null, ...Object.fromEntries(cols.map((own) => [own.id, own])) };
    document.querySelector("body>svg").innerHTML += head.icons;
    [group.innerHTML, sort.innerHTML, form.id.innerHTML, boxes.innerHTML] = head.menus;
    area.classList.add("live");
    area.onclick = (event) => {
      const [act, ...more] = JSON.parse(event.target.closest("[data-do]")?.dataset.do ?? "[]");
      if (act) acts[act](...more, event);
    };
    group.onchange = sort.onchange = ({ target }) => set(target.name, target.value ? [target.value] : []);
    boxes.onchange = ({ target }) => target.value ? set("column", (target.checked ? [...show, by[target.value]] : show.filter((own) => own.id !== target.value)).map((own) => own.id)) : toggle("dense", "1");
    form.onchange = form.parentNode.ontoggle = asking;
    form.onsubmit = (event) => {
      event.preventDefault();
      form.parentNode.open = false;
      toggle(`${form.id.value}.${form.op.value}`, form.value.value);
    };
    box.oninput = save;
    area.onkeydown = ({ key, target }) => {
      const menu = target.closest("details"), stops = [...table.querySelectorAll("tr :is(a.k,button)")], own = stops.indexOf(target), step = { ArrowDown: 1, ArrowUp: -1 }[key];
      if (key === "Escape" && menu) menu.open = false;
      if (own >= 0) stops[own + step]?.focus();
    };
    addEventListener("hashchange", () => /^(#\?|$)/.test(at.hash) && render());
    render();
  });
})();
