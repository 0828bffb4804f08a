"""The embedded PostgreSQL of a data folder: its first user starts it, and it stops when the last one leaves.

The life of a server:

1. Its first user makes the cluster (`cluster`), with the programs that are found (`programs`).
2. It starts a supervisor (`supervisor`), which runs the server and outlives its starter; others join (`server`).
3. Every user holds a share of users.lock for as long as it works.
4. A killed server is started again by one of its users, on the same socket (`watchdog`, `server_socket`).
5. Once users.lock is free, the supervisor takes it, stops the server, and removes the folder of its socket.

In the data folder lie

    postgres/                the cluster, or a link to it
    server.log               the server's log, at most 10 MB, and the part before it in server.log.1
    socket                   a link to the folder of its socket under /tmp, of mode 0700; no TCP, so no passwords
    start.lock               held while a user starts or joins the server
    users.lock               held shared by every user; exclusively while the server stops because they have gone
    supervisor.lock          held by the server's supervisor
    server.lock              held by the supervisor and by every process of the server, which inherit it

The locks are flock()s (`locks`): the kernel frees them however a process ends, also after kill -9. A free server.lock
means that no process of an earlier server is left.
"""
