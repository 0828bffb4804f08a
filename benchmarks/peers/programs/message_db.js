// Tickets as streams of message-db: its stored procedures, called by a thin client.
"use strict";

const { randomUUID } = require("node:crypto");
const { readFileSync, readdirSync } = require("node:fs");
const { dirname, join } = require("node:path");
const { Pool } = require("pg");
const { answer, evolve, initialState } = require("./ticket.js");

const SQL = join(dirname(require.resolve("@eventide/message-db/package.json")), "database");
const FOLDERS = ["schema", "tables", "types", "functions", "indexes"];
const READ = "select type, data, position from get_stream_messages($1)";
const WRITE = "select write_message($1, $2, $3, $4, null, $5)";

const pool = new Pool({ options: "-c search_path=message_store,public" });

// As its install.sh does, without the role, and without pgcrypto: gen_random_uuid() is PostgreSQL's own now.
async function install() {
  for (const folder of FOLDERS)
    for (const file of readdirSync(join(SQL, folder))) await pool.query(readFileSync(join(SQL, folder, file), "utf8"));
}

async function handle(id, decide) {
  const stream = `ticket-${id}`;
  const { rows } = await pool.query(READ, [stream]);
  const messages = rows.map((row) => ({ type: row.type, data: JSON.parse(row.data) }));
  const { type, data } = decide(messages.reduce(evolve, initialState()));
  await pool.query(WRITE, [randomUUID(), stream, type, JSON.stringify(data), messages.length - 1]);
}

install().then(() => answer(handle)).then(() => pool.end());
