"""A PostgreSQL of the program's own in a data folder: started by its first user, stopped when the last one leaves.

The life of a server:

1. Its first user makes the cluster (`cluster`), with the programs that are found (`programs`).
2. It starts a supervisor (`supervisor`), which runs the server and outlives its starter; others join (`server`).
3. Every user holds a share of users.lock for as long as it works.
4. A server that is killed is started again by one of its users, on the same socket (`reviving`, `server_socket`).
5. Once users.lock is free, the supervisor takes it, stops the server, and removes the folder of its socket.

In the data folder lie

    postgres/                the cluster, or a link to it
    server.log               what the server says, at most 10 MB, and what it said before in server.log.1
    socket                   a link to the folder of its socket under /tmp, of mode 0700; no TCP, so no passwords
    start.lock               held while a user starts or joins the server
    users.lock               held shared by every user; exclusively while the server stops because they have gone
    supervisor.lock          held by the server's supervisor
    server.lock              held by the supervisor and by every process of the server, which inherit it

The locks are flock()s (`locks`): the kernel frees them however a process ends, so what they say is true after any
kill -9. A free server.lock means that not one process of an earlier server is left.
"""
