// Tickets handled by emmett, in its PostgreSQL event store.
"use strict";

const { CommandHandler } = require("@event-driven-io/emmett");
const { getPostgreSQLEventStore } = require("@event-driven-io/emmett-postgresql");
const { answer, evolve, initialState } = require("./ticket.js");

const store = getPostgreSQLEventStore("postgresql://"); // the rest is in the environment
const handle = CommandHandler({ evolve, initialState });

answer((id, decide) => handle(store, `ticket-${id}`, decide)).then(() => store.close());
