// Changes only the nodes of a page that differ from those of another one.
"use strict";

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
