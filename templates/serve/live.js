// live.js: reloads the page when the site changes, and shows why it could not be made. Only the preview has it.
(() => {
  "use strict";
  const own = document.currentScript, seen = own.dataset.site, key = "portal-live";
  const make = (tag, className, ...inside) => {
    const node = document.createElement(tag);
    if (className) node.className = className;
    node.append(...inside.filter((part) => part !== null && part !== undefined));
    return node;
  };

  const style = make("link");
  style.rel = "stylesheet";
  style.href = "/~portal/live.css";
  document.head.append(style);

  // Where the page was before it reloaded.
  const held = () => {
    try { return JSON.parse(sessionStorage.getItem(key)) ?? {}; } catch { return {}; }
  };
  const hold = (value) => {
    try { sessionStorage.setItem(key, JSON.stringify(value)); } catch { /* The page begins at its top. */ }
  };
  const before = held();
  if (before.path === location.pathname && before.reloaded) {
    const open = new Set(before.open);
    [...document.querySelectorAll("details")].forEach((node, at) => { if (open.has(at)) node.open = true; });
    addEventListener("load", () => scrollTo(before.x, before.y));
  }
  const dismissed = before.dismissed;
  hold({ dismissed });
  const reload = () => {
    const open = [...document.querySelectorAll("details")].flatMap((node, at) => (node.open ? [at] : []));
    hold({ dismissed: held().dismissed, reloaded: true, path: location.pathname, x: scrollX, y: scrollY, open });
    location.reload();
  };

  // What is wrong, over the last site that was not.
  let panel, badge;
  const place = (one) => `${one.file}:${one.line}${one.column ? `:${one.column}` : ""}`;
  const finding = (one) => make("li", null,
    make("p", "live-what", make("b", null, one.message), one.rule ? make("span", "live-rule", one.rule) : null),
    make("p", "live-where", place(one)),
    one.text ? make("pre", null, one.text.trim(), one.label ? make("span", null, `  ← ${one.label}`) : "") : null,
    one.help ? make("p", "live-help", `Help: ${one.help}`) : null);
  const hide = () => {
    panel?.remove(); badge?.remove();
    panel = badge = undefined;
  };
  const show = (failure, isNew) => {
    hide();
    const close = make("button", null, "Close");
    close.type = "button";
    const title = make("h2", null, failure.message);
    title.id = "live-title";
    const list = make("ol", null, ...failure.findings.map(finding));
    const more = failure.more ? make("p", "live-more", `And ${failure.more} more: the terminal has all of them.`) : null;
    panel = make("dialog", "live-panel", make("header", null, title, close), list, more,
      make("p", "live-more", "This is the last site without an error. It is made anew as soon as a file is saved."));
    panel.setAttribute("aria-labelledby", title.id);
    badge = make("button", "live-badge", `✕ ${failure.message}`);
    badge.type = "button";
    const open = () => { badge.hidden = true; panel.showModal(); close.focus(); };
    close.onclick = () => panel.close();
    panel.onclose = () => { if (badge) badge.hidden = false; hold({ ...held(), dismissed: JSON.stringify(failure) }); };
    badge.onclick = open;
    document.body.append(panel, badge);
    if (isNew) open();
  };

  // A browser has few connections to one host: a page that nobody sees lets go of its own.
  let events, last = dismissed;
  const said = ({ data }) => {
    const { site, failure } = JSON.parse(data);
    if (!failure && site !== seen) return reload();
    if (!failure) { hide(); last = undefined; return hold({ ...held(), dismissed: undefined }); }
    const text = JSON.stringify(failure);
    if (!panel || text !== last) show(failure, text !== last);
    last = text;
  };
  const listen = () => {
    events?.close();
    events = undefined;
    if (document.hidden) return;
    events = new EventSource("/~portal/events");
    events.onmessage = said;
  };
  document.addEventListener("visibilitychange", listen);
  addEventListener("pagehide", () => events?.close());
  addEventListener("pageshow", (event) => { if (event.persisted) listen(); });
  listen();
})();
