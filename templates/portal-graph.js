// portal-graph.js: the explorer. The address says what is shown: #Component/cart?depth=2&direction=in
(() => {
const { make, load, root } = portal, $ = (id) => document.getElementById(id), W = 204;
const host = $("explorer"), sheet = $("sheet"), pane = sheet.parentNode, form = host.querySelector("form"), text = $("text"), blocks = [];
let index, path, query, graph, all, scale = 1, turn = 0;
const add = (map, key, value) => map.set(key, (map.get(key) ?? new Set()).add(value));

// An entity: path, title, blueprint, relations both ways, how many more, owners, whom to call.
const file = (n) => n / index.block | 0, at = (n) => blocks[file(n)][n % index.block];
const need = (ns) => Promise.all([...new Set(ns.map(file))].map(async (b) => { blocks[b] ??= await load(`data/graph/${b}.js`); }));
const kind = (n) => index.blueprints[at(n)[2]], page = (n) => `${root}${at(n)[0]}.html`;
const address = (to, change = {}) => `#${to}?${new URLSearchParams([...query].filter(([key]) => !(key in change)).concat(Object.entries(change)))}`;

// Walks nearest first. The column of an entity is its distance, to the left against relations.
const walk = async (me, depth, direction, hide) => {
  const found = new Map([[me, [0, []]]]), edges = new Map(), names = new Set(hide);
  let rest = 0;
  for (const way of [0, 1]) {
    let front = direction === ["in", "out"][way] ? [] : [me];
    for (let step = 1; step <= depth && front.length; step++) {
      const next = new Map();
      for (const n of front) {
        const list = at(n)[3 + way];
        rest += at(n)[5][way];
        for (let i = 0; i < list.length; i += 2) {
          const label = index.relations[list[i]], to = list[i + 1], name = `relation ${label}`;
          names.add(name);
          if (hide.has(name)) continue;
          add(edges, way ? `${to} ${n}` : `${n} ${to}`, label);
          if (!found.has(to)) add(next, to, label);
        }
      }
      const open = [...next];
      for (front = []; open[0] && found.size < (depth > 5 ? 2000 : 240);) {
        const some = open.splice(0, 60);
        await need(some.map(([n]) => n));
        for (const [n, via] of some) {
          const name = `blueprint ${kind(n)}`;
          names.add(name);
          if (!hide.has(name)) { found.set(n, [way ? -step : step, [...via]]); front.push(n); }
        }
      }
      rest += open.length;
    }
  }
  return { found, names, rest, edges: [...edges].map(([key, names]) => [...key.split(" ").map(Number), [...names].join(", ")]).filter(([a, b]) => a !== b && found.has(a) && found.has(b)) };
};

const svg = (tag, more, ...inside) => {
  const node = document.createElementNS(sheet.namespaceURI, tag);
  for (const key in more) node.setAttribute(key, more[key]);
  node.append(...inside);
  return node;
};
const words = (x, y, text, most, name = "s") => svg("text", { class: name, x, y }, text.length > most ? `${text.slice(0, most)}…` : text);
const draw = () => {
  const spots = new Map(), near = new Map(), columns = new Map(), nodes = [];
  let lines = "", heads = "";
  for (const [a, b] of graph.edges) { add(near, a, b); add(near, b, a); }
  for (const [n, [column]] of graph.found) add(columns, column, n);
  for (const [column, ns] of [...columns].sort(([a], [b]) => Math.abs(a) - Math.abs(b))) {
    const mean = (n) => {
      const ys = [...near.get(n) ?? []].flatMap((other) => spots.get(other)?.y ?? []);
      return ys.reduce((a, b) => a + b, 0) / ys.length || 0;
    };
    const sorted = [...ns].map((n) => [mean(n), n]).sort(([a], [b]) => a - b).slice(0, 14), x = column * 320, top = sorted.length * -28;
    sorted.forEach(([, n], i) => spots.set(n, { x, y: top + i * 56, column }));
    if (ns.size > 14) nodes.push(words(x, 12 - top, `and ${ns.size - 14} more, listed below`));
  }
  for (const [a, b] of graph.edges) {
    const from = spots.get(a), to = spots.get(b), step = to?.column - from?.column;
    if (!(Math.abs(step) < 2)) continue;
    const x = from.x + (step < 0 ? 0 : W), z = to.x + (step > 0 ? 0 : W), v = to.y + 22, tip = step > 0 ? -8 : 8, bend = step ? (x + z) / 2 : x + 60;
    lines += `M${x} ${from.y + 22}C${bend} ${from.y + 22} ${bend} ${v} ${z + tip} ${v}`;
    heads += `M${z} ${v}l${tip}-4v8z`;
  }
  for (const [n, { x, y, column }] of spots) {
    const note = [kind(n), ...graph.found.get(n)[1]].join(", "), [path, title] = at(n);
    nodes.push(svg("a", { href: column ? address(path) : page(n), class: column ? "" : "me" }, svg("title", {}, `${title}, ${note}`), svg("rect", { x, y, width: W, height: 44, rx: 4 }), words(x + 12, y + 19, title, 24, "n"), words(x + 12, y + 34, note, 31)));
  }
  sheet.replaceChildren(svg("path", { class: "e", d: lines }), svg("path", { class: "h", d: heads }), ...nodes);
  const { x, y, width, height } = sheet.getBBox();
  all = [x - 12, y - 12, width + 24, height + 24];
  sheet.setAttribute("viewBox", all.join(" "));
  zoom();
  // Too small to read, it shows where it starts.
  if (scale < 0.7) { zoom(0.8 / scale); pane.scrollTo((102 - all[0]) * scale - pane.clientWidth / 2, (22 - all[1]) * scale - pane.clientHeight / 2); }
};

// Zooms around the middle, or to all of it; the pane scrolls.
const zoom = (by) => {
  const { clientWidth: w, clientHeight: h, scrollLeft: x, scrollTop: y } = pane, old = scale;
  scale = by ? Math.min(Math.max(old * by, 0.2), 4) : Math.min(w / all[2], innerHeight * 0.62 / all[3], 1.25);
  sheet.setAttribute("width", all[2] * scale);
  sheet.setAttribute("height", all[3] * scale);
  pane.scrollTo((x + w / 2) * scale / old - w / 2, (y + h / 2) * scale / old - h / 2);
};
pane.onkeydown = (e) => { if ("+-0".includes(e.key) && !e.ctrlKey) does[e.key](); };
pane.onwheel = (e) => {
  if (!e.ctrlKey) return;
  e.preventDefault();
  zoom(e.deltaY < 0 ? 1.1 : 0.9);
};

// The same in words, with owners and whom to call.
const link = (href, textContent, more) => make("a", { href, textContent, ...more });
const links = (ns) => ns.flatMap((n, i) => [i ? ", " : "", link(page(n), at(n)[1])]);
const called = ([name, href], ns) => (Number.isInteger(name) ? links(ns) : [href ? link(href, name, { rel: "noopener noreferrer" }) : name]);
const list = async () => {
  const rows = [...graph.found].slice(1).sort(([, [a]], [, [b]]) => Math.abs(a) - Math.abs(b) || b - a);
  const calls = (n) => at(n)[7] ?? at(n)[6].map((team) => at(team)[7]).find(Boolean) ?? [""];
  await need(rows.flatMap(([n]) => at(n)[6]));
  await need(rows.flatMap(([n]) => calls(n)).filter(Number.isInteger));
  return rows.flatMap(([n, [column, via]], i) => {
    const steps = Math.abs(column), [path, title, , , , , owners] = at(n), cells = [[via.join(", ")], links(owners), called(calls(n), calls(n)), [link(address(path), "from here", { ariaLabel: `from here, ${title}` })]];
    const row = make("tr", {}, make("th", {}, link(page(n), title), make("small", {}, ` ${kind(n)}`)), ...cells.map((cell) => make("td", {}, ...cell)));
    if (i && rows[i - 1][1][0] === column) return [row];
    return [make("tr", { className: "grp" }, make("th", { colSpan: 5 }, `${column < 0 ? "Depends on it" : "It depends on"}, ${steps > 1 ? `over ${steps} relations` : "directly"} `, make("small", {}, rows.filter(([, [other]]) => other === column).length))), row];
  });
};

// Takes away what is drawn, with its colours, or as text in which no name is more than a name.
const save = (ending, part) => make("a", { download: `graph.${ending}`, href: URL.createObjectURL(new Blob([part])) }).click();
const paint = () => {
  const [x, y, width, height] = all, size = Math.min(2, 8000 / Math.max(width, height)), fill = getComputedStyle(document.documentElement).backgroundColor;
  const canvas = make("canvas", { width: width * size, height: height * size }), ink = canvas.getContext("2d"), copy = sheet.cloneNode(true), copies = copy.querySelectorAll("path,rect,text");
  ink.setTransform(size, 0, 0, size, -x * size, -y * size);
  ink.fillStyle = fill;
  ink.fillRect(...all);
  sheet.querySelectorAll("path,rect,text").forEach((node, i) => {
    const look = getComputedStyle(node), { fill, stroke, font } = look, [x, y, d] = ["x", "y", "d"].map((key) => node.getAttribute(key)), shape = new Path2D(d ?? "");
    for (const key of ["fill", "stroke", "stroke-width", "font-family", "font-size", "font-weight"]) copies[i].setAttribute(key, look[key]);
    Object.assign(ink, { fillStyle: fill, strokeStyle: stroke, lineWidth: parseFloat(look.strokeWidth), font });
    if (!d && node.textContent) ink.fillText(node.textContent, x, y);
    else if (!d) shape.roundRect(+x, +y, W, 44, 4);
    if (fill !== "none") ink.fill(shape);
    if (stroke !== "none") ink.stroke(shape);
  });
  copy.prepend(svg("rect", { x, y, width, height, fill }));
  return [canvas, copy];
};
const write = (ending, start, end, special, escape, node, edge) => {
  const ns = [...graph.found.keys()], id = (n) => `n${ns.indexOf(n)}`, quoted = (text) => `"${text.replace(/\s/g, " ").replace(special, escape)}"`;
  text.value = [start, ...ns.map((n) => id(n) + node(quoted(at(n)[1]))), ...graph.edges.map(([a, b, name]) => id(a) + edge(quoted(name), id(b))), end].join("\n");
  text.hidden = false;
  text.select();
  save(ending, text.value);
};
const does = {
  "+": () => zoom(1.25), "-": () => zoom(0.8), 0: () => zoom(),
  svg: () => save("svg", new XMLSerializer().serializeToString(paint()[1])),
  png: () => paint()[0].toBlob((image) => save("png", image)),
  mmd: () => write("mmd", "flowchart LR", "", /[^\p{L}\p{N} ,/]/gu, (c) => `#${c.codePointAt(0)};`, (name) => `[${name}]`, (name, to) => ` -->|${name}| ${to}`),
  dot: () => write("dot", "digraph portal {", "}\n", /[\\"&]/g, (c) => (c === "&" ? "&amp;" : `\\${c}`), (name) => ` [label=${name}]`, (name, to) => ` -> ${to} [label=${name}]`),
  print: () => print(),
  blast: () => { location.hash = address(path, { depth: "all", direction: "in" }); },
};
host.addEventListener("click", ({ target }) => target.type === "submit" && does[target.name]());
host.onsubmit = () => false;
form.onchange = ({ target: { name, value, checked } }) => {
  const hide = name === "hide";
  if (hide) query[checked ? "delete" : "append"](name, value);
  location.hash = address(path, hide ? {} : { [name]: value });
};

const update = async () => {
  const mine = ++turn, [place, asked] = location.hash.slice(1).split("?");
  path = decodeURI(place) || new URLSearchParams(location.search).get("entity") || ""; query = new URLSearchParams(asked);
  const depth = query.get("depth") ?? 1, direction = query.get("direction") ?? "both", hide = new Set(query.getAll("hide"));
  const block = Math.max(index.firsts.findLastIndex((first) => first <= path), 0), start = block * index.block;
  await need([start]);
  const i = blocks[block].findIndex(([name]) => name === path), me = start + i;
  $("start").hidden = i >= 0;
  host.hidden = i < 0;
  $("trouble").textContent = path && i < 0 ? `There is no ${path} in this catalog.` : "";
  if (i < 0) return;
  const next = await walk(me, depth === "all" ? 99 : Math.min(depth | 0, 5), direction, hide);
  if (mine !== turn) return;
  graph = next;
  $("rows").replaceChildren(...await list());
  const title = at(me)[1];
  draw();
  $("name").textContent = title; $("kind").textContent = kind(me); $("page").href = page(me);
  document.title = `${title}, graph`;
  form.depth.value = depth; form.direction.value = direction;
  $("filter").replaceChildren(...[...graph.names].sort().map((value) => make("label", {}, make("input", { type: "checkbox", name: "hide", value, checked: !hide.has(value) }), value)));
  text.hidden = true;
  $("remark").textContent = `Entities: ${graph.found.size}, relations: ${graph.edges.length}${graph.rest ? `, not followed: ${graph.rest}` : ""}.`;
};
const start = () => update().catch(({ message }) => { $("trouble").textContent = `The graph cannot be shown: ${message}.`; });
onhashchange = start;
load(host.dataset.index).then((value) => { index = value; }).then(start, start);
})();
