// Makes the pages quicker: acts show at once and are undone if refused, lists follow events, keys press buttons.
// Without this file every form still works; nothing is decided here.
"use strict";
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const csrf = $('meta[name="csrf-token"]')?.content;
  const make = (tag, text, attributes = {}) => {
    const element = document.createElement(tag);
    if (text) element.textContent = text;
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  };

  for (const button of all("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const source = document.getElementById(button.dataset.copy);
      source.select();
      await navigator.clipboard?.writeText(source.value);
      toast("Copied.");
    });
  }
  if ("serviceWorker" in navigator && isSecureContext) navigator.serviceWorker.register("/sw.js");
  if (document.body.hasAttribute("data-offline")) addEventListener("online", () => location.reload());
  if (!csrf) return;

  // What just happened.
  let lastUndo = $("#toast [data-undo]")?.dataset.undo ?? null;
  function toast(text, { undo = null, bad = false, dismissed = false } = {}) {
    const box = make("div", "", { class: bad ? "toast bad" : "toast" });
    box.append(make("b", text));
    lastUndo = undo;
    if (undo) {
      const button = make("button", "Undo ", { type: "button", "data-undo": undo, "aria-keyshortcuts": "z" });
      button.append(make("kbd", "Z"));
      box.append(button);
    }
    if (dismissed) {
      box.append($("#say-why").content.cloneNode(true));
      for (const form of all("form", box)) form.setAttribute("action", `/queue/${undo}/because`);
    }
    $("#toast").replaceChildren(box);
    if (!bad) fade(box);
  }
  // It must not cover the buttons for ever; Z goes on working when it is gone.
  function fade(box) {
    setTimeout(() => (box.matches(":hover, :focus-within") ? fade(box) : box.remove()), 12_000);
  }
  all("#toast .toast:not(.bad)").forEach(fade);

  async function post(path, body) {
    const form = body instanceof URLSearchParams;
    const answer = await fetch(path, {
      method: "POST",
      headers: { accept: "application/json", ...(!form && { "content-type": "application/json", "x-csrf-token": csrf }) },
      body: form ? body : JSON.stringify(body ?? {}),
    }).catch(() => {
      throw new Error("CaseyOS cannot be reached.");
    });
    if (answer.ok) return answer.json().catch(() => null);
    if (answer.status === 401) location.assign("/sign-in?next=" + encodeURIComponent(location.pathname + location.search));
    const problem = await answer.json().catch(() => ({}));
    throw new Error(problem.errors?.[0]?.detail || problem.detail || problem.title || "It was refused.");
  }

  // Cards.
  const cards = () => all(".move[data-move]").filter((card) => !card.hidden);
  const current = () => document.activeElement?.closest?.(".move[data-move]") ?? null;
  const step = (by) => {
    const list = cards();
    if (!list.length) return;
    const at = list.indexOf(current());
    list[at < 0 ? (by > 0 ? 0 : list.length - 1) : Math.min(Math.max(at + by, 0), list.length - 1)].focus();
  };

  const done = { accept: "Taken", dismiss: "Dismissed", snooze: "Put off", complete: "Marked done", wake: "Back again", restore: "Put back" };

  // What is under way: a reason goes after its dismissal.
  let acting = Promise.resolve();
  let before = null;
  async function act(card, name, body) {
    const id = card.dataset.move;
    const title = $("h1, h2", card).textContent.trim();
    const list = cards();
    const next = list[list.indexOf(card) + 1] ?? list[list.indexOf(card) - 1];
    card.classList.add("going");
    card.hidden = true;
    (next ?? $("#main")).focus();
    before = next;
    toast(`${done[name] ?? "Done"}: ${title}`, { undo: id, dismissed: name === "dismiss" });
    try {
      await (acting = post(`/api/command-queue/${id}/${name}`, body));
      refresh();
    } catch (error) {
      card.hidden = false;
      card.classList.remove("going");
      card.focus();
      toast(`${error.message} “${title}” is as it was.`, { bad: true });
    }
  }

  async function undo(id) {
    toast("Taken back.");
    try {
      await acting.catch(() => {});
      await post(`/api/command-queue/${id}/undo`);
      if ($("[data-page=move]")) return location.reload();
      await refresh();
      document.getElementById("move-" + id)?.focus();
    } catch (error) {
      toast(error.message, { bad: true });
    }
  }

  // Why something was dismissed, said in the message that it was; then one is back where one was before.
  async function because(form, reason) {
    const undo = lastUndo;
    toast(`Noted: ${reason}`, { undo });
    (before?.isConnected && !before.hidden ? before : cards()[0] ?? $("#main")).focus();
    try {
      await acting.catch(() => {});
      await post(form.getAttribute("action"), new URLSearchParams({ csrf, reason }));
    } catch (error) {
      toast(`${error.message} The reason was not noted.`, { bad: true });
      lastUndo = undo;
    }
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const back = event.submitter?.dataset.undo;
    const card = form.closest(".move[data-move]");
    if (card?.dataset.page === "move") return; // Its page comes again, with what happened on it.
    if (back) {
      event.preventDefault();
      undo(back);
    } else if ("because" in form.dataset) {
      event.preventDefault();
      because(form, String(new FormData(form, event.submitter).get("reason")).trim());
    } else if (form.dataset.act && card) {
      event.preventDefault();
      const fields = new FormData(form, event.submitter);
      const local = fields.get("local");
      const until = local ? new Date(local) : null;
      if (until && Number.isNaN(until.getTime())) return;
      const body = form.dataset.act === "snooze" ? { until: until ? until.toISOString() : fields.get("until") } : {};
      // A picked time is read on the workspace's clock by the server; only it knows that zone.
      if (local) return form.submit();
      form.closest("details")?.removeAttribute("open");
      act(card, form.dataset.act, body);
    }
  });
  // Menus: whole on the screen wherever their card stands, and closed when one goes on.
  const MENUS = "details.menu[open], details.more[open]";
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[type=button][data-undo]");
    if (button) undo(button.dataset.undo);
    for (const menu of all(MENUS)) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener(
    "toggle",
    ({ target: menu }) => {
      const panel = menu.matches?.("details.menu") && $(".panel", menu);
      menu.classList.remove("up");
      if (!panel || !menu.open) return;
      const { bottom, height } = panel.getBoundingClientRect();
      const floats = getComputedStyle(panel).position === "absolute";
      if (floats && bottom > innerHeight && menu.getBoundingClientRect().top > height + 8) menu.classList.add("up");
      panel.scrollIntoView({ block: "nearest" });
    },
    true,
  );
  document.addEventListener("focusout", ({ target, relatedTarget }) => {
    const menu = target.closest?.(MENUS);
    if (menu && relatedTarget && !menu.contains(relatedTarget)) menu.open = false;
  });
  // Arrows go through a menu's buttons and fields; in a field they are the field's own.
  function walk(menu, event) {
    if (event.target.closest("input, select")) return;
    const stops = all("summary, a, button, input:not([type=hidden])", menu);
    const at = stops.indexOf(event.target);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: stops.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    stops[Math.min(Math.max(to, 0), stops.length - 1)].focus();
  }

  // The list follows what happens.
  const live = $("#list[data-live]");
  let asked = 0;
  async function refresh() {
    if (!live) return;
    const mine = ++asked;
    const query = new URLSearchParams(location.search);
    query.set("fragment", "list");
    const answer = await fetch("/today?" + query, { headers: { accept: "text/html" } }).catch(() => null);
    if (!answer?.ok || answer.redirected || mine !== asked || $("details.menu[open]", live)) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("cards");
    if (!fresh) return;
    const focused = document.activeElement;
    const inside = live.contains(focused) ? focused.closest("[data-move]")?.id : null;
    const place = inside ? cards().findIndex((card) => card.id === inside) : -1;
    live.replaceChildren(fresh);
    const { summary, count, short } = fresh.dataset;
    $("#summary").textContent = summary;
    for (const pending of all("[data-pending]")) {
      pending.textContent = pending.dataset.pending === "short" ? short : count;
      pending.closest(".badge").hidden = count === "0";
    }
    keep();
    if (inside) (document.getElementById(inside) ?? cards()[Math.min(place, cards().length - 1)] ?? $("#main")).focus();
  }
  // What Today shows is kept for when there is no network: for reading, so without buttons, secrets and dialogs.
  async function keep() {
    if (!live || location.search || !navigator.serviceWorker?.controller) return;
    const copy = document.documentElement.cloneNode(true);
    for (const part of all(".acts, .add, .next, .toast, template, dialog, form, meta[name=csrf-token]", copy)) part.remove();
    $("body", copy).dataset.offline = "";
    const headers = { "content-type": "text/html; charset=utf-8" };
    const kept = await caches.open("kept");
    await kept.put("/today", new Response("<!DOCTYPE html>" + copy.outerHTML, { headers }));
  }
  keep();
  navigator.serviceWorker?.addEventListener("controllerchange", keep);

  const online = (is) => document.body.toggleAttribute("data-offline", !is);
  addEventListener("offline", () => online(false));
  addEventListener("online", () => {
    online(true);
    refresh();
  });

  if (live && "EventSource" in window) {
    let soon = 0;
    const later = () => {
      clearTimeout(soon);
      soon = setTimeout(refresh, 250);
    };
    const stream = new EventSource("/api/events");
    for (const name of ["move.created", "move.changed", "move.edited", "move.assigned", "move.merged", "move.deleted"]) {
      stream.addEventListener(name, later);
    }
    addEventListener("pagehide", () => stream.close());
    document.addEventListener("visibilitychange", () => document.hidden || later());
  }

  // What is under way is looked at again until it is done; whoever is reading in it by keyboard is not disturbed.
  async function follow() {
    await new Promise((go) => setTimeout(go, 1_000));
    const box = $("#follow[data-follow]");
    if (!box) return;
    if (!document.hidden && !box.contains(document.activeElement)) {
      const answer = await fetch(location.href, { headers: { accept: "text/html" } }).catch(() => null);
      const page = answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
      const fresh = page?.getElementById("follow");
      if (fresh && fresh.outerHTML !== box.outerHTML) box.replaceWith(fresh);
    }
    follow();
  }
  if ($("#follow[data-follow]")) follow();

  // Keys.
  const press = (key, card = current() ?? cards()[0]) => {
    const target = card && $(`[aria-keyshortcuts="${key}"]`, card);
    if (!target) return false;
    target.click();
    if (target.matches("summary")) $("button", target.parentElement)?.focus();
    return true;
  };
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      return openPalette();
    }
    if (event.key === "Escape") {
      const menu = document.activeElement?.closest(MENUS);
      if (menu) {
        menu.open = false;
        (menu.matches(".because") && before?.isConnected ? before : $("summary", menu)).focus();
      }
    }
    const open = event.target.closest?.(MENUS);
    if (open) walk(open, event);
    const typing = event.target.closest("input, textarea, select, dialog");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key.toLowerCase();
    if (key === "j") step(1);
    else if (key === "k") step(-1);
    else if (key === "?") $("#help").showModal();
    else if (key === "z" && lastUndo) undo(lastUndo);
    else if (key === "w" && $("#toast .because")) sayWhy();
    else if (key === "e") edit();
    else if (!("ads".includes(key) && key.length === 1 && press(key))) return;
    event.preventDefault();
  });
  function sayWhy() {
    before = current() ?? before;
    $("#toast .because").open = true;
    $("#toast .because button").focus();
  }
  function edit() {
    const form = $("#edit");
    const card = current() ?? cards()[0];
    if (form) {
      form.open = true;
      $("input:not([type=hidden])", form).focus();
    } else if (card) location.assign(`/queue/${card.dataset.move}?edit=1`);
  }

  // The palette: pages at once, contacts and moves as they are found.
  const palette = $("#palette");
  const text = $("#palette-text");
  const found = $("#palette-list");
  const pages = all(".side nav a").map((link) => ({ name: link.firstChild.textContent.trim(), href: link.getAttribute("href"), kind: "Page" }));
  let typed = 0;
  function openPalette() {
    text.value = "";
    palette.showModal();
    show(pages);
  }
  function show(items) {
    found.replaceChildren(
      ...items.slice(0, 12).map((item, at) => {
        const line = make("li", "", { role: "option", id: "go-" + at, "data-href": item.href, "aria-selected": String(at === 0) });
        line.append(make("span", item.name), make("small", item.kind));
        return line;
      }),
    );
    text.setAttribute("aria-activedescendant", items.length ? "go-0" : "");
  }
  async function search(path, kind, name, href) {
    const answer = await fetch(path, { headers: { accept: "application/json" } }).catch(() => null);
    const items = answer?.ok ? (await answer.json()).items : [];
    return items.map((item) => ({ name: name(item), href: href(item), kind }));
  }
  text?.addEventListener("input", async () => {
    const query = text.value.trim();
    const mine = ++typed;
    const local = pages.filter((page) => page.name.toLowerCase().includes(query.toLowerCase()));
    show(local);
    if (query.length < 2) return;
    await new Promise((go) => setTimeout(go, 120));
    if (mine !== typed) return;
    const q = encodeURIComponent(query);
    const [moves, people] = await Promise.all([
      search(`/api/command-queue?text=${q}&limit=6`, "Move", (move) => move.title, (move) => "/queue/" + move.id),
      search(`/api/contacts?text=${q}&limit=6`, "Contact", (contact) => contact.name, (contact) => "/contacts/" + contact.id),
    ]);
    if (mine === typed) show([...local, ...moves, ...people]);
  });
  text?.addEventListener("keydown", (event) => {
    const lines = all("li", found);
    const at = lines.findIndex((line) => line.getAttribute("aria-selected") === "true");
    if (event.key === "Enter" && lines[at]) location.assign(lines[at].dataset.href);
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    const to = Math.min(Math.max(at + (event.key === "ArrowDown" ? 1 : -1), 0), lines.length - 1);
    lines.forEach((line, index) => line.setAttribute("aria-selected", String(index === to)));
    lines[to]?.scrollIntoView({ block: "nearest" });
    text.setAttribute("aria-activedescendant", lines[to]?.id ?? "");
  });
  found?.addEventListener("click", (event) => {
    const line = event.target.closest("li");
    if (line) location.assign(line.dataset.href);
  });
})();
