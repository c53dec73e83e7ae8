"""Starts a real redis-server on a free loopback port with a folder of its own. Standard library only."""

import ctypes
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

START_SECONDS = 30


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def die_with_the_test():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


class Redis:
    def __init__(self, password=""):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mb-redis-"))
        self.password = password
        self.port = free_port()
        self.process = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def url(self):
        return f"redis://{':' + self.password + '@' if self.password else ''}127.0.0.1:{self.port}"

    def start(self):
        words = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder), "--save", "", "--appendonly", "no", "--logfile",
                 str(self.folder / "log")]
        if self.password:
            words += ["--requirepass", self.password]
        self.process = subprocess.Popen(words, env={"PATH": os.environ["PATH"]}, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                        preexec_fn=die_with_the_test)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"redis-server ended with {self.process.returncode}: {(self.folder / 'log').read_text()[-2000:]}")
            try:
                if self.tell("PING") == b"+PONG\r\n":
                    return self
            except OSError:
                time.sleep(0.01)
        raise RuntimeError("redis-server did not answer in time")

    def kill(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def pause(self):
        self.process.send_signal(signal.SIGSTOP)

    def resume(self):
        self.process.send_signal(signal.SIGCONT)

    def tell(self, *words):
        """The raw answer to one command; enough for short ones."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=START_SECONDS) as connection:
            for command in ([("AUTH", self.password)] if self.password else []) + [words]:
                said = b"*%d\r\n" % len(command) + b"".join(b"$%d\r\n%s\r\n" % (len(word.encode()), word.encode()) for word in command)
                connection.sendall(said)
                answer = connection.recv(1 << 20)
            return answer
