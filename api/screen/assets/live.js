// Keeps a page up to date. The server tells that something has moved (/moved); the page then asks again for the panels
// in view, in one request, and takes over what differs.
"use strict";

const SPACING = 600; // ms between two requests
const RENEWAL = 15_000; // ms until it asks anyway: what is late depends on the present
const STALE = 15_000; // ms without a sign from the server
const TIMEOUT = 20_000; // ms for an answer
const LONGEST_PAUSE = 10_000; // ms between two attempts to reach the server

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
  const pause = failures ? backOff(failures) : lastAsked + SPACING - Date.now();
  timer = setTimeout(ask, pause);
}

const backOff = (attempts) => Math.min(LONGEST_PAUSE, 500 * 2 ** attempts) * (0.5 + Math.random() / 2);

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
  nameKey(address);
  for (const section of asked) address.searchParams.append("panel", section.dataset.panel);
  return address;
}

// Whoever signs in in another tab must not have their numbers on a page of somebody else.
function nameKey(address) {
  if (line.dataset.of) address.searchParams.set("of", line.dataset.of);
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
  takeRefusal(answer);
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

function takeRefusal(answer) {
  if (answer.status === 401) sessionHasEnded();
  if (answer.status === 404) location.reload(); // another release, or the link to a wall has ended
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

// ---- Being told -----------------------------------------------------------------------------------------------------

let source = null;
let refusals = 0;
let reopening = 0;

function open() {
  shut();
  if (ended) return;
  const address = new URL(line.dataset.moved, location.href);
  address.searchParams.set("after", newest);
  nameKey(address);
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
    reopening = setTimeout(open, backOff(refusals));
  };
}

// A script is not told why its stream was refused: the same request says it.
async function askWhy(address) {
  const asked = new AbortController();
  try {
    const headers = { Accept: "text/event-stream" };
    const answer = await fetch(address, { cache: "no-store", headers, signal: asked.signal });
    takeRefusal(answer);
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
