"""A TCP proxy on loopback that breaks connections in the ways that networks and dependencies do."""

import os
import random
import socket
import threading


class FaultProxy:
    """Forwards to `target` (host, port). What it does is set while it runs:

    mode      "pass"; "refuse": accepts and closes at once; "hang": accepts, takes bytes and never answers; "garbage": answers noise
    swallow   bytes: an answer of the target that holds them is not forwarded, and its connection is cut
    share     of those answers, which part is swallowed
    """

    def __init__(self, target):
        self.target = target
        self.mode = "pass"
        self.swallow = None
        self.share = 1.0
        self.swallowed = 0
        self._open = set()
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._listener.close()
        self.cut()

    def cut(self):
        """Resets every connection that stands."""
        with self._lock:
            standing, self._open = self._open, set()
        for each in standing:
            try:
                each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            each.close()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        if self.mode == "refuse":
            client.close()
            return
        try:
            server = socket.create_connection(self.target, timeout=5)
            server.settimeout(None)
        except OSError:
            client.close()
            return
        pair = (client, server)
        with self._lock:
            self._open.update(pair)
        threading.Thread(target=self._pump, args=(client, server, False, pair), daemon=True).start()
        self._pump(server, client, True, pair)

    def _pump(self, source, sink, answers, pair):
        try:
            while chunk := source.recv(65536):
                if self.mode == "hang":
                    continue
                if answers and self.mode == "garbage":
                    chunk = os.urandom(min(len(chunk), 512))
                if answers and self.swallow and self.swallow in chunk and random.random() < self.share:
                    self.swallowed += 1
                    break
                sink.sendall(chunk)
        except OSError:
            pass
        for each in pair:
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            each.close()
        with self._lock:
            self._open.difference_update(pair)
