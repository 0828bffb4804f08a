// What a page says of itself: as of when and which position it is, what of it has changed, and that it may be old.
"use strict";

const ANNOUNCEMENTS = 30_000; // ms between two announcements to screen readers

const line = document.getElementById("true-at");
const announced = document.getElementById("announced");

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
