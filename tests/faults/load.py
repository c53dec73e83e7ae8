"""Clients that write and read without pause while something breaks, and remember what each answer promised."""

import collections
import threading
import time

# What a client may be told while a dependency is away: done, or later. Anything else is an invented answer.
HONEST = {200, 201, 429, 503}


class Load:
    def __init__(self, servers, token, writers=4, readers=2, filler=""):
        self.servers, self.token, self.filler = servers, token, filler
        self.acknowledged = {}
        self.statuses = collections.Counter()
        self.dishonest = []
        self.cut_off = 0
        self.longest = 0.0
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._write, args=(number,)) for number in range(writers)]
        self._threads += [threading.Thread(target=self._read, args=(number,)) for number in range(readers)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _ask(self, number, method, path, body=None):
        """The answer, or None where there was none."""
        server = self.servers[number % len(self.servers)]
        begun = time.monotonic()
        try:
            answer = server.ask(method, path, body, self.token)
        except Exception:
            with self._lock:
                self.cut_off += 1
            time.sleep(0.01)
            return None
        with self._lock:
            self.longest = max(self.longest, time.monotonic() - begun)
            self.statuses[answer.status] += 1
            honest = answer.status in HONEST and (answer.status not in (429, 503) or answer.field("Retry-After"))
            if not honest:
                self.dishonest.append((method, path, answer))
        return answer

    def _write(self, number):
        count = 0
        while not self._stop.is_set():
            title = f"{number}-{count}"
            count += 1
            answer = self._ask(number, "POST", "/api/v1/entities/books/records", {"title": title + self.filler})
            if answer is not None and answer.status == 201:
                with self._lock:
                    self.acknowledged[answer.json()["id"]] = title

    def _read(self, number):
        while not self._stop.is_set():
            known = next(reversed(self.acknowledged), None)
            if known is None:
                time.sleep(0.01)
                continue
            answer = self._ask(number, "GET", f"/api/v1/entities/books/records/{known}")
            if answer is not None and answer.status == 200 and not answer.json()["title"].startswith(self.acknowledged[known]):
                self.dishonest.append(("GET", known, answer))

    def lost(self, server, token):
        """Acknowledged records that a healthy server doesn't have."""
        return [known for known in self.acknowledged
                if server.ask("GET", f"/api/v1/entities/books/records/{known}", token=token).status != 200]

    def row(self, fault, done, lost):
        refused = self.statuses[503] + self.statuses[429]
        return {"fault": fault, "what was done": done, "acknowledged writes": len(self.acknowledged), "lost": len(lost), "told to come later": refused,
                "cut off": self.cut_off, "longest answer": f"{self.longest:.2f} s"}
