// Keeps a page up to date. The server tells that something has moved (/moved); the page then asks again for the panels
// in view, in one request, and changes only the nodes whose content differs.
"use strict";

const SPACING = 600; // ms between two requests
const RENEWAL = 15_000; // ms until it asks anyway: what is late depends on the present
const STALE = 15_000; // ms without a sign from the server
const ANNOUNCEMENTS = 30_000; // ms between two announcements to screen readers
const TIMEOUT = 20_000; // ms for an answer
const LONGEST_PAUSE = 10_000; // ms between two attempts to reach the server

const line = document.getElementById("true-at");
const announced = document.getElementById("announced");

// ---- What the page says of itself -----------------------------------------------------------------------------------

const language = document.documentElement.lang;
const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium", timeZone: line.dataset.zone });
const calendar = language === "vi" ? "en-GB" : "sv-SE"; // 29/11/2026 and 2026-11-29, as the server writes days
const day = new Intl.DateTimeFormat(calendar, { dateStyle: "short", timeZone: line.dataset.zone });
const second = at => (language === "vi" ? [clock, day] : [day, clock]).map(each => each.format(at)).join(" ");
const number = new Intl.NumberFormat(language);

const filled = (words, values) => words.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
const trueAt = (data) =>
  filled(line.dataset.words, { time: second(new Date(data.at)), position: number.format(data.position) });

let lastSign = Date.now();

function sign() {
  lastSign = Date.now();
  if (line.classList.contains("stale")) sayTrueAt();
}

function sayTrueAt() {
  line.classList.remove("stale");
  line.textContent = trueAt(line.dataset);
}

function sayStale() {
  if (line.classList.contains("stale")) return;
  line.classList.add("stale");
  line.textContent = filled(line.dataset.stale, { time: clock.format(new Date(lastSign)) });
  announceSoon();
}

const toAnnounce = new Set();
let lastAnnouncement = 0;
let announcing = 0;

function announce(section) {
  toAnnounce.add(section.querySelector("h2").textContent.trim());
  announceSoon();
}

function announceSoon() {
  announcing ||= setTimeout(announceNow, lastAnnouncement + ANNOUNCEMENTS - Date.now());
}

function announceNow() {
  const parts = new Intl.ListFormat(language).format(toAnnounce);
  const isStale = line.classList.contains("stale");
  announcing = 0;
  if (!parts && !isStale) return;
  lastAnnouncement = Date.now();
  announced.textContent = isStale ? line.textContent : filled(announced.dataset.words, { parts });
  toAnnounce.clear();
}

// ---- Asking for panels ----------------------------------------------------------------------------------------------

const sections = [...document.querySelectorAll("[data-panel]")];
const inView = new Set();
const tags = new WeakMap(); // the ETag that each section came with
let newest = Number(line.dataset.position); // as far as the server has told
let lastAsked = Date.now();
let asking = false;
let timer = 0;
let failures = 0;

const isBehind = (section) => Number(section.dataset.position) < newest;
const isDue = () => Date.now() - lastAsked >= RENEWAL || [...inView].some(isBehind);

function schedule() {
  if (asking || timer || ended || document.hidden) return;
  const pause = failures ? backOff() : lastAsked + SPACING - Date.now();
  timer = setTimeout(ask, pause);
}

const backOff = () => Math.min(LONGEST_PAUSE, 500 * 2 ** failures) * (0.5 + Math.random() / 2);

async function ask() {
  timer = 0;
  if (document.hidden) return;
  const asked = sections.filter((section) => inView.has(section));
  if (!asked.length) return;
  asking = true;
  lastAsked = Date.now();
  try {
    await take(asked, await fetch(addressOf(asked), options(asked)));
    failures = 0;
    sign();
  } catch {
    failures += 1;
  } finally {
    asking = false;
  }
  if (isDue() || failures) schedule();
}

function addressOf(asked) {
  const address = new URL(location.href);
  address.hash = "";
  address.searchParams.delete("after");
  for (const section of asked) address.searchParams.append("panel", section.dataset.panel);
  return address;
}

function options(asked) {
  const held = new Set(asked.map((section) => tags.get(section)));
  const [tag] = held;
  return {
    cache: "no-store",
    redirect: "manual",
    headers: held.size === 1 && tag ? { "If-None-Match": tag } : {},
    signal: AbortSignal.timeout(TIMEOUT),
  };
}

async function take(asked, answer) {
  if (answer.status === 401) sessionHasEnded();
  if (answer.status === 404) location.reload(); // another release
  if (answer.status !== 200 && answer.status !== 304) throw new Error(answer.statusText);
  const text = await answer.text();
  if (answer.status === 304) return;
  const fresh = new DOMParser().parseFromString(text, "text/html");
  const focused = document.activeElement;
  for (const section of asked) {
    const wanted = fresh.getElementById(section.id);
    if (!wanted) continue;
    section.querySelector(":scope > .earlier")?.remove();
    if (morph(section, wanted)) announce(section);
    tags.set(section, answer.headers.get("ETag"));
    if (isNewer(section)) Object.assign(line.dataset, { position: section.dataset.position, at: section.dataset.at });
  }
  keepFocus(focused);
  sayTrueAt();
  sections.forEach(sayEarlier);
}

// Loading the page again leads to the sign-in, and would lose what somebody has typed: then the page only says so.
let ended = false;

function sessionHasEnded() {
  if (ended) return;
  ended = true;
  shut();
  if (![...document.forms].some((form) => touched.has(form))) return location.reload();
  line.classList.add("stale");
  line.textContent = announced.textContent = line.dataset.ended;
}

const isNewer = (section) =>
  Number(section.dataset.position) > Number(line.dataset.position) ||
  (section.dataset.position === line.dataset.position && Date.parse(section.dataset.at) > Date.parse(line.dataset.at));

// A panel out of view was not asked for, and a costly one is read less often: it says which position it shows.
function sayEarlier(section) {
  if (section.dataset.position === line.dataset.position) return;
  let note = section.querySelector(":scope > .earlier");
  if (!note) {
    note = section.appendChild(document.createElement("p"));
    note.className = "earlier";
  }
  note.textContent = trueAt(section.dataset);
}

// ---- Changing only what differs -------------------------------------------------------------------------------------

const touched = new WeakSet(); // forms that somebody has written in

document.addEventListener("input", (event) => event.target.form && touched.add(event.target.form));

// Makes a node like another one; returns whether anything but attributes has changed.
function morph(node, wanted) {
  if (node.isEqualNode(wanted)) return false;
  if (node.nodeType !== Node.ELEMENT_NODE) {
    node.data = wanted.data;
    node.parentElement.dataset.changed = "";
    return true;
  }
  if (node.nodeName === "FORM" && (touched.has(node) || node.contains(document.activeElement))) return false;
  takeAttributes(node, wanted);
  return morphChildren(node, wanted);
}

function takeAttributes(node, wanted) {
  for (const { name } of [...node.attributes])
    if (!wanted.hasAttribute(name) && !isOfTheVisitor(node, name)) node.removeAttribute(name);
  for (const { name, value } of wanted.attributes)
    if (node.getAttribute(name) !== value && !isOfTheVisitor(node, name)) node.setAttribute(name, value);
}

const isOfTheVisitor = (node, name) => node.nodeName === "DETAILS" && name === "open";

function morphChildren(node, wanted) {
  const old = new Map([...node.children].map((child) => [keyOf(child), child]));
  const keys = new Set([...wanted.children].map(keyOf));
  let changed = false;
  let next = node.firstChild;
  for (const child of [...wanted.childNodes]) {
    while (next && keyOf(next) && !keys.has(keyOf(next))) next = removed(next);
    const key = keyOf(child);
    let found = key ? old.get(key) : next;
    if (!found || keyOf(found) !== key || found.nodeName !== child.nodeName) {
      node.insertBefore(child, next);
      changed = true;
      continue;
    }
    old.delete(key);
    if (found === next) next = next.nextSibling;
    else node.insertBefore(found, next);
    changed = morph(found, child) || changed;
  }
  while (next) {
    next = removed(next);
    changed = true;
  }
  return changed;
}

// A row of a list is the same row as before when it has the same id, or leads to the same place.
function keyOf(node) {
  if (node.id) return node.id;
  if (node.nodeName !== "TR" && node.nodeName !== "LI") return "";
  return node.querySelector("a[href]")?.getAttribute("href") ?? "";
}

function removed(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}

function keepFocus(focused) {
  if (document.activeElement === focused || !focused) return;
  if (focused.isConnected) focused.focus({ preventScroll: true });
}

// ---- Being told -----------------------------------------------------------------------------------------------------

let source = null;
let refusals = 0;
let reopening = 0;

function open() {
  shut();
  if (ended) return;
  const address = new URL(line.dataset.moved, location.href);
  address.searchParams.set("after", newest);
  source = new EventSource(address);
  source.onopen = () => {
    sign();
    if (refusals || failures) catchUp();
    refusals = 0;
  };
  source.addEventListener("here", sign);
  source.addEventListener("moved", (event) => {
    sign();
    newest = Math.max(newest, JSON.parse(event.data).position);
    if (isDue()) schedule();
  });
  source.onerror = () => {
    if (source.readyState === EventSource.CLOSED) askWhy(address);
    shut();
    refusals += 1;
    reopening = setTimeout(open, Math.min(LONGEST_PAUSE, 500 * 2 ** refusals) * (0.5 + Math.random() / 2));
  };
}

// A script is not told why its stream was refused: the same request says it.
async function askWhy(address) {
  const asked = new AbortController();
  try {
    const headers = { Accept: "text/event-stream" };
    const answer = await fetch(address, { cache: "no-store", headers, signal: asked.signal });
    if (answer.status === 401) sessionHasEnded();
  } catch {
    // the server does not answer, which the page says by itself
  } finally {
    asked.abort();
  }
}

function shut() {
  clearTimeout(reopening);
  source?.close();
  source = null;
}

function catchUp() {
  clearTimeout(timer);
  timer = failures = lastAsked = 0;
  schedule();
}

// A hidden page is told nothing and asks for nothing; shown again, it catches up at once.
function attend() {
  if (document.hidden) return shut();
  open();
  catchUp();
}

const watched = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) inView[isIntersecting ? "add" : "delete"](target);
    if (isDue()) schedule();
  },
  { rootMargin: "25%" },
);

sections.forEach((section) => watched.observe(section));
document.addEventListener("visibilitychange", attend);
window.addEventListener("online", attend);
window.addEventListener("pageshow", (event) => event.persisted && attend());
window.addEventListener("pagehide", shut);
setInterval(() => {
  if (document.hidden || ended) return;
  if (Date.now() - lastSign > STALE) sayStale();
  if (isDue()) schedule();
}, 1000);
if (!document.hidden) open();
