// portal.js: what every page can do besides being read.
(() => {
  "use strict";
  const own = document.currentScript.src;
  const make = (tag, more = {}, ...inside) => {
    const node = Object.assign(document.createElement(tag), more);
    node.append(...inside);
    return node;
  };
  const remembered = (key, value) => {
    try {
      if (value !== undefined) localStorage.setItem(key, value);
      return localStorage.getItem(key);
    } catch { return null; }
  };

  // Files of data are scripts, for a page that is opened from a disk may not fetch: each calls portal.data(name, value).
  const arrived = {}, waiting = {};
  window.portal = {
    root: own.slice(0, own.lastIndexOf("/") + 1), make, remembered,
    data(name, value) { arrived[name] = value; },
    load(name) {
      return (waiting[name] ??= new Promise((done, failed) => {
        const script = make("script", { src: portal.root + name });
        script.onload = () => done(arrived[name]);
        script.onerror = () => { delete waiting[name]; failed(new Error(`${name} cannot be loaded`)); };
        document.head.append(script);
      }));
    },
  };

  // The colours: those of the system, until somebody says otherwise.
  const page = document.documentElement, schemes = ["auto", "light", "dark"];
  const show = (scheme) => (scheme && scheme !== "auto" ? page.dataset.theme = scheme : delete page.dataset.theme);
  show(remembered("portal-scheme"));
  const foot = document.querySelector("body>footer");
  if (foot) {
    const change = make("select", { ariaLabel: "Colours", className: "scheme" },
      ...schemes.map((scheme) => make("option", { value: scheme, textContent: { auto: "System colours", light: "Light", dark: "Dark" }[scheme] })));
    change.value = remembered("portal-scheme") ?? "auto";
    change.onchange = () => show(remembered("portal-scheme", change.value));
    foot.append(change);
  }
})();
