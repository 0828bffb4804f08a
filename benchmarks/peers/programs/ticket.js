// A ticket's rules, and how the bench asks: a line with callers and tickets, answered by a line with commands a second.
"use strict";

const { randomUUID } = require("node:crypto");
const { createInterface } = require("node:readline");

const LIFE = [
  ["", "TicketReceived", { customer: "c", channel: "zalo", subject: "The invoice is wrong", category: "billing", priority: "P1" }],
  ["TicketReceived", "TicketAssigned", { team: "first line" }],
  ["TicketAssigned", "WorkStarted", {}],
  ["WorkStarted", "TicketResolved", { resolution: "Sent a new invoice" }],
];

const initialState = () => ({ last: "" });
const evolve = (state, event) => ({ ...state, ...event.data, last: event.type });

const decide = ([before, type, data]) => (state) => {
  if (state.last !== before) throw new Error(`after ${state.last}`);
  return { type, data };
};

/** `handle(id, decide)` loads, decides and records one command. */
async function answer(handle) {
  const oneTicket = async () => {
    const id = randomUUID();
    for (const step of LIFE) await handle(id, decide(step));
  };
  const call = async (tickets) => {
    for (let count = 0; count < tickets; count++) await oneTicket();
  };
  const all = (callers, tickets) => Promise.all(Array.from({ length: callers }, () => call(tickets)));
  for await (const line of createInterface({ input: process.stdin })) {
    const [callers, tickets] = line.split(" ").map(Number);
    await all(callers, 1); // opens the connections
    const start = performance.now();
    await all(callers, tickets);
    console.log((callers * tickets * LIFE.length * 1000) / (performance.now() - start));
  }
}

module.exports = { answer, evolve, initialState };
