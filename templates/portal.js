// portal.js: what every page can do besides being read.
(() => {
  "use strict";
  const own = document.currentScript.src, { dataset } = document.documentElement;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  // Makes an element: its name, perhaps with a class (`button.do`), its properties, what is inside.
  const make = (name, more = {}, ...inside) => {
    const [tag, className] = name.split("."), node = Object.assign(document.createElement(tag), className && { className }, more);
    node.append(...inside);
    return node;
  };
  const remembered = (key, value) => {
    try {
      if (value !== undefined) localStorage.setItem(key, value);
      return localStorage.getItem(key);
    } catch {}
  };

  // Files of data are scripts, for a page that is opened from a disk may not fetch: each calls portal.data(name, value).
  const arrived = {}, waiting = {};
  const portal = window.portal = {
    root: own.slice(0, own.lastIndexOf("/") + 1), make, remembered,
    data(name, value) { arrived[name] = value; },
    load(name) {
      return (waiting[name] ??= new Promise((done, failed) => {
        const script = make("script", { src: portal.root + name });
        script.onload = () => done(arrived[name]);
        script.onerror = () => { delete waiting[name]; failed(Error(name + " cannot be loaded")); };
        document.head.append(script);
      }));
    },
  };

  // The colours: those of the system, until somebody says otherwise.
  const schemes = { auto: "◐ Auto", light: "○ Light", dark: "● Dark" }, order = Object.keys(schemes), change = make("button.do", { title: "Colours" });
  const show = (at) => { change.textContent = schemes[dataset.theme = order[at]]; };
  show(Math.max(0, order.indexOf(remembered("portal-scheme"))));
  change.onclick = () => {
    show((order.indexOf(dataset.theme) + 1) % 3);
    remembered("portal-scheme", dataset.theme);
  };
  all(".top")[0]?.append(change);

  // Copying: texts, identifiers, addresses of sections.
  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = make("textarea", { value: text });
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
  };
  const copier = (what, text) => {
    const button = make("button.do", { ariaLabel: "Copy " + what }, "Copy");
    button.onclick = async () => {
      await copy(text());
      button.textContent = "Copied";
    };
    return button;
  };
  for (const text of all("pre")) {
    const box = make("div.copy");
    text.replaceWith(box);
    box.append(text, copier("text", () => text.textContent));
  }
  for (const heading of all("section[id]>.bar>h2")) {
    const link = make("a.do", { href: "#" + heading.closest("[id]").id, ariaLabel: "Address of " + heading.textContent }, "#");
    link.onclick = () => copy(link.href);
    heading.append(" ", link);
  }

  // The explorer is a script's, and so is the way there: from a page at /Component/cart.html it begins at Component/cart.
  all("#relations:has(.rel)>.bar").forEach((bar) => bar.append(make("a", { href: `${portal.root}graph/explore.html?entity=${location.href.slice(portal.root.length).split(/\.html/)[0]}` }, "Explore")));

  // Dates say how long ago or ahead they are: beside a value, elsewhere when somebody asks.
  const UNITS = [["year", 31557600], ["month", 2629800], ["day", 86400], ["hour", 3600], ["minute", 60]];
  for (const time of all("time[datetime]")) {
    const seconds = (Date.parse(time.dateTime) - Date.now()) / 1000;
    if (isNaN(seconds)) continue;
    const [unit, length] = UNITS.find((one) => Math.abs(seconds) >= one[1]) ?? UNITS[4];
    time.title = new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(Math.round(seconds / length), unit);
    if (time.matches("dd>time:last-child")) time.after(" ", make("small", {}, time.title));
  }

  // What was opened, in this browser alone: the name, kind, times, last time, and whether it is pinned, by path.
  const key = "portal " + portal.root, seen = {};
  try { Object.assign(seen, JSON.parse(remembered(key))); } catch {}
  const opened = (by) => Object.entries(seen).filter(([, of]) => of[by]).sort(([, a], [, b]) => b[by] - a[by]);
  const title = all("h1[data-kind]")[0];
  if (title) {
    const here = location.href.slice(portal.root.length).split(/[?#]/)[0], id = title.querySelector(".id");
    const name = [...title.childNodes].map((part) => part.data).join("").trim();
    const mine = seen[here] = [name, title.dataset.kind, (seen[here]?.[2] ?? 0) + 1, Date.now(), seen[here]?.[4] ?? 0];
    for (const [path, of] of opened(3).slice(60)) of[4] || delete seen[path];
    const star = make("button.do"), line = make("div.named");
    const pin = (since) => {
      mine[4] = since;
      star.textContent = since ? "★ Pinned" : "☆ Pin";
      remembered(key, JSON.stringify(seen));
    };
    star.onclick = () => pin(mine[4] ? 0 : Date.now());
    pin(mine[4]);
    title.replaceWith(line);
    line.append(title, copier("identifier", () => id ? id.textContent : name), star);
  }
  const often = all(".tries")[0];
  if (often) {
    const links = (label, some) => make("p.tries", {}, make("span.dim", {}, label), ...some.map(([path, [name]]) => make("a", { href: portal.root + path }, name)));
    const most = opened(2).slice(0, 5), pins = opened(4);
    if (pins.length) often.before(links("Pinned", pins));
    if (most.length > 2) often.replaceWith(links("Often opened", most));
  }

  // Words as the index has them: small letters without accents, names split where their capitals are.
  const SAME = { ß: "ss", æ: "ae", œ: "oe", þ: "th", ø: "o", ł: "l", đ: "d", ð: "d", ı: "i", ς: "σ" };
  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/[ßæœþøłđðıς]/g, (letter) => SAME[letter]);
  const split = (text) => (fold(text.replace(/[\p{Ll}\d](?=\p{Lu})|\p{Lu}(?=\p{Lu}\p{Ll})/gu, "$& ")).match(/[\p{Alphabetic}\p{N}]+/gu) ?? []).slice(0, 8);

  // How many letters must be changed, added, left out or swapped until a word begins another; 9 when more than `most`.
  const distance = (word, other, most) => {
    const width = Math.min(other.length, word.length + most);
    let strange = 0;
    for (const letter of word) strange += !other.includes(letter);
    if (strange > most) return 9;
    let before, row = Array.from({ length: width + 1 }, (_, x) => x);
    for (let y = 1; y <= word.length; y++) {
      const next = [y];
      for (let x = 1; x <= width; x++) {
        next[x] = Math.min(row[x] + 1, next[x - 1] + 1, row[x - 1] + (word[y - 1] !== other[x - 1]));
        if (word[y - 1] === other[x - 2] && word[y - 2] === other[x - 1]) next[x] = Math.min(next[x], before[x - 2] + 1);
      }
      if (Math.min(...next) > most) return 9;
      [before, row] = [row, next];
    }
    return Math.min(...row);
  };

  const lines = (part, name) => (part[name].split ? part[name] = part[name].split("\n") : part[name]);

  // The files with the words that begin so, at most six.
  const parts = async (index, start, found) => {
    if (!index.shards) return [index];
    const count = (is) => index.shards.filter(is).length;
    const from = Math.max(0, count((first) => first < start) - 1), to = count((first) => first < start || first.startsWith(start));
    found.partial ||= to - from > 6;
    return Promise.all(index.shards.slice(from, Math.min(to, from + 6)).map((_, at) => portal.load(`data/search/words-${from + at}.js`)));
  };

  // What each thing costs for a word, 0 when it has nothing of it: the whole name, its beginning, a word of it, a value,
  // something inside, a mistyped word.
  const weigh = async (index, word, typos, found) => {
    const cost = new Uint8Array(index.count), most = !typos || word.length < 4 ? 0 : word.length < 8 ? 1 : 2;
    const give = (thing, price) => { cost[thing] = Math.min(cost[thing] || price, price); };
    const meant = most && index.shards ? lines(await portal.load("data/search/frequent.js"), "words").filter((other) => distance(word, other, most) < 9) : [];
    const files = await Promise.all([word, ...meant.slice(0, 4)].map((start) => parts(index, start, found)));
    for (const part of new Set(files.flat())) {
      const numbers = lines(part, "numbers");
      lines(part, "words").forEach((other, at) => {
        const off = most && distance(word, other, most), inside = word.length > 1 ? other.indexOf(word) : other.startsWith(word) - 1;
        const price = other === word ? 1 : !inside ? 2 : inside > 0 ? 8 : most && off < 9 ? 11 + 3 * off : 0;
        if (!price) return;
        if (price > 10 && found.words.size < 40) found.words.add(other);
        numbers[at].split("\t").forEach((list, field) => {
          let thing = 0;
          if (list) for (const step of list.split(",")) give(thing += step ? parseInt(step, 36) : 1, price + field * (price < 3 ? 2 : 1));
        });
      });
    }
    index.kinds.forEach(([label], kind) => {
      if (split(label).some((own) => own.startsWith(word))) index.kindOf.forEach((of, thing) => of === kind && give(thing, 7));
    });
    return cost;
  };

  // What is found: the numbers of things, the best first, and how many there are of each kind.
  const search = async (query) => {
    const index = await portal.load("data/search.js"), { count, places } = index, words = split(query);
    if (!index.kindOf) {
      index.kindOf = new Uint16Array(count);
      places.forEach((from, at) => at % 2 || index.kindOf.fill(places[at + 1], from));
    }
    for (const typos of [false, true]) {
      const found = { index, words: new Set(words) }, counts = new Map(), ranks = [];
      const weights = await Promise.all(words.map((word) => weigh(index, word, typos, found)));
      const names = words[1] && await weigh(index, words.join(""), typos, found);
      for (let thing = 0; words.length && thing < count; thing++) {
        let cost = weights.every((of) => of[thing]) ? Math.ceil(weights.reduce((sum, of) => sum + of[thing], 0) / words.length) : 99;
        if (names) cost = Math.min(names[thing] || 99, Math.max(cost, 3));
        if (cost > 98) continue;
        (ranks[cost] ??= []).push(thing);
        counts.set(index.kindOf[thing], (counts.get(index.kindOf[thing]) ?? 0) + 1);
      }
      found.things = ranks.flat();
      found.pattern = RegExp([...found.words].join("|") || "$^", "g");
      found.counts = [[-1, found.things.length], ...[...counts].sort(([, a], [, b]) => b - a)];
      if (typos || ranks[1] || found.things[4]) return found;
    }
  };

  // What is shown of a thing.
  const read = async (index, thing) => {
    const rows = lines(index.rows ? index : await portal.load(`data/search/rows-${thing / index.block | 0}.js`), "rows");
    const [name, id, note, tag, path] = rows[index.rows ? thing : thing % index.block].split("\t"), [kind, folder] = index.kinds[index.kindOf[thing]];
    return [path || `${folder}/${id || name}.html`, [name, [kind, note, tag].filter(Boolean).join(", ")], id];
  };

  // A text with what was looked for marked, unless it has other letters without accents.
  const marked = (text, pattern) => {
    const folded = fold(text), out = [];
    let from = 0;
    for (const { 0: { length }, index } of pattern && folded.length === text.length ? folded.matchAll(pattern) : []) {
      out.push(text.slice(from, index), make("mark", {}, text.slice(index, from = index + length)));
    }
    return [...out, text.slice(from)];
  };
  const hit = ([path, [name, note], id], pattern) => make("a.hit", { href: portal.root + path, role: "option" },
    make("b", {}, ...marked(name, pattern)), id ? make("span.id", {}, ...marked(id, pattern)) : "", make("small", {}, ...marked(note, pattern)));

  // Shows in `box` what `input` asks for, at most `room` results: tabs, results, and what is read out.
  const finder = (input, box, room, idle) => {
    const tabs = make("div.kinds", { role: "tablist" }), list = make("div.hits", { role: "listbox", ariaLabel: "Results", id: "hits" }), said = make("p.empty", { role: "status" });
    let kind = -1, found, asked = 0, drawn = 0, chosen;
    box.append(tabs, list, said);
    Object.assign(input, { type: "text", role: "combobox", ariaExpanded: true }).setAttribute("aria-controls", "hits");
    const choose = (to) => {
      all(".hit", list).forEach((one, at) => {
        Object.assign(one, { id: "hit-" + at, ariaSelected: at === to });
        if (at === to) one.scrollIntoView({ block: "nearest" });
      });
      input.setAttribute("aria-activedescendant", to < 0 ? "" : "hit-" + to);
      chosen = to;
    };
    const say = (text) => { said.textContent = text; };
    const count = (of) => of.toLocaleString("en") + (found.partial ? "+" : "");
    const draw = async () => {
      const mine = ++drawn, { index, counts, pattern } = found, things = found.things.filter((thing) => kind < 0 || index.kindOf[thing] === kind);
      const hits = async (from, to) => (await Promise.all(things.slice(from, to).map((thing) => read(index, thing)))).map((row) => hit(row, pattern));
      // The first few at once: those after them are in further files.
      const first = await hits(0, 8);
      if (mine !== drawn) return;
      tabs.replaceChildren(...counts.map(([of, many]) =>
        make("button", { role: "tab", ariaSelected: of === kind, onclick: () => draw(kind = of) }, of < 0 ? "All " : index.kinds[of][0] + " ", make("small", {}, count(many)))));
      all("[aria-selected=true]", tabs)[0].scrollIntoView({ block: "nearest" });
      list.replaceChildren(...first);
      say(count(things.length) + " found" + (things.length > room ? `, ${room} shown` : ""));
      choose(first[0] ? 0 : -1);
      const rest = await hits(8, room);
      if (mine !== drawn) return;
      list.append(...rest);
      choose(chosen);
    };
    const ask = async () => {
      const mine = ++asked;
      try {
        const result = await search(input.value);
        if (mine !== asked) return;
        found = result;
        if (!found.counts.some(([of]) => of === kind)) kind = -1;
        if (input.value.trim()) return await draw();
        say("");
      } catch {
        say("The index cannot be loaded.");
      }
      drawn++;
      tabs.replaceChildren();
      list.replaceChildren(...idle());
      choose(-1);
    };
    input.addEventListener("input", ask);
    input.onkeydown = (event) => {
      const { key, ctrlKey, metaKey, shiftKey, isComposing } = event, hits = all(".hit", list), kinds = all("button", tabs);
      if (isComposing) return;
      if (key === "ArrowDown") choose((chosen + 1) % hits.length);
      else if (key === "ArrowUp") choose((chosen < 1 ? hits.length : chosen) - 1);
      else if (key === "Enter" && hits[chosen]) ctrlKey || metaKey ? open(hits[chosen].href, "_blank", "noopener") : hits[chosen].click();
      else if (key === "Tab" && dialog && kinds[2]) kinds.at((kinds.findIndex((tab) => tab.ariaSelected === "true") + (shiftKey ? -1 : 1)) % kinds.length).click();
      else return;
      event.preventDefault();
    };
    return ask;
  };

  // The page of results.
  const results = all("#results")[0], field = results && all(".big input")[0];
  let dialog, line, ask, ready;
  if (results) {
    finder(field, results, 200, () => []);
    field.addEventListener("input", () => {
      all("#all")[0].hidden = field.value;
      try { history.replaceState(null, "", "?q=" + encodeURIComponent(field.value)); } catch {}
    });
    field.form.onsubmit = () => false;
    field.value = new URLSearchParams(location.search).get("q") ?? "";
    field.dispatchEvent(new Event("input"));
  }

  // The palette: a dialog over the page, whose looks come when it is opened, unless the page has them.
  const idle = () => [["Pinned", opened(4)], ["Recent", opened(3).slice(title ? 1 : 0, 7)], ["Often opened", opened(2).filter(([, of]) => of[2] > 1).slice(0, 6)]]
    .filter(([, some]) => some.length)
    .map(([ariaLabel, some]) => make("div", { role: "group", ariaLabel }, make("div.dim", {}, ariaLabel), ...some.map((of) => hit(of))));
  const build = async () => {
    const keys = [["↑↓", "choose"], ["↵", "open"], ["Ctrl ↵", "new tab"], ["Tab", "kind"], ["Esc", "close"]], href = portal.root + "portal-views.css";
    const form = make("form.find big", { role: "search", onsubmit: () => false }), box = make("div.found");
    form.append(line = make("input", { ariaLabel: "Search", placeholder: "Search", autocomplete: "off" }));
    dialog = make("dialog.palette", { ariaLabel: "Search" }, form, box, make("p.keys", {}, ...keys.map(([of, does]) => make("span", {}, make("kbd", {}, of), " " + does))));
    dialog.onclick = ({ target }) => { if (target === dialog) dialog.close(); };
    ask = finder(line, box, 50, idle);
    document.body.append(dialog);
    await new Promise((onload) => document.head.append(make("link", { rel: "stylesheet", href, onload, onerror: onload })));
  };
  const palette = async (event, input) => {
    event.preventDefault();
    if (field) return field.focus();
    await (ready ??= build());
    if (dialog.open) return;
    dialog.showModal();
    line.value = input?.value ?? "";
    if (input) input.value = "";
    line.focus();
    line.setSelectionRange(99, 99);
    ask();
  };
  const finds = all(".find").filter((one) => one !== field?.form);
  for (const find of finds) {
    const [input] = all("input", find);
    find.append(make("kbd", {}, "/"));
    // Not when a field is reached by the Tab key, which has to lead on.
    if (input) input.onclick = input.oninput = (event) => palette(event, input);
    else find.onclick = (event) => event.ctrlKey || event.metaKey || palette(event);
  }
  if (finds[0]) addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (event.ctrlKey || event.metaKey ? key === "k" : key === "/" && !target.closest?.("input,textarea,select")) palette(event);
  });
})();
