"""What was acknowledged is there: the server is killed at random moments under write load, again and again on one database."""
# each run: sqlite postgres
# alone

import os
import random
import threading
import time
import unittest

from server_under_test import DATABASE, Server, cluster, id_text

CYCLES = int(os.environ.get("MB_KILL_CYCLES", "100"))
WRITERS = 6


class KillNine(unittest.TestCase):
    def test_each_acknowledged_write_is_there_and_no_half_transaction(self):
        random.seed(20260124)
        acknowledged = {}
        cookie = None
        with Server(BCRYPT_SALT_ROUNDS="10") as server:
            server.define_books(server.admin())
            server.register("ana@example.com")
            for cycle in range(CYCLES):
                login = server.login("ana@example.com")
                self.assertEqual(login.status, 200, login)
                token, cookie = login.json()["access_token"], login.cookie("refresh")
                stop = threading.Event()
                made = [[] for _ in range(WRITERS)]
                rotated = []

                def write(index):
                    connection = server.connection()
                    number = 0
                    while not stop.is_set():
                        title = f"{cycle}-{index}-{number}"
                        number += 1
                        try:
                            answer = server.ask("POST", "/api/v1/entities/books/records", {"title": title}, token, connection=connection)
                        except Exception:  # the server is gone: this write was not acknowledged
                            return
                        if answer.status == 201:
                            made[index].append((answer.json()["id"], title))

                def rotate():
                    nonlocal cookie
                    while not stop.is_set():
                        try:
                            answer = server.refresh(cookie)
                        except Exception:
                            return
                        if answer.status == 200:
                            cookie = answer.cookie("refresh")
                            rotated.append(cookie)

                threads = [threading.Thread(target=write, args=(index,)) for index in range(WRITERS)] + [threading.Thread(target=rotate)]
                for thread in threads:
                    thread.start()
                time.sleep(random.uniform(0.02, 0.25))
                crashed = DATABASE == "postgres" and cycle % 2 == 1
                if crashed:  # the database ends under the server, which goes on
                    cluster().crash()
                else:
                    server.kill()
                stop.set()
                for thread in threads:
                    thread.join()
                for rows in made:
                    acknowledged.update(rows)
                if crashed:
                    cluster().start()
                    self.await_health(server)
                else:
                    server.start()
                if rotated:
                    # the last pair that was acknowledged is the head of its family, unless one more rotation was committed and not answered
                    self.assertIn(server.refresh(rotated[-1]).status, (200, 401))
            self.check(server, acknowledged)

    def await_health(self, server):
        """The server finds its database again by itself."""
        deadline = time.monotonic() + 30
        while (answer := server.ask("GET", "/api/v1/health/ready")).status != 200:
            self.assertLess(time.monotonic(), deadline, f"the server does not find its database again: {answer}\n{server.log_text()[-2000:]}")
            time.sleep(0.02)

    def check(self, server, acknowledged):
        token = server.token("ana@example.com")
        self.assertGreater(len(acknowledged), CYCLES)
        for record, title in random.sample(sorted(acknowledged.items()), min(200, len(acknowledged))):
            self.assertEqual(server.ask("GET", f"/api/v1/entities/books/records/{record}", token=token).json()["title"], title)
        self.assertEqual(server.stop(), 0)
        self.assertIn("íntegra", server.admin_tool("check"))
        number = server.rows("SELECT number FROM mb_meta_entities")[0]["number"]
        stored = {id_text(row["id"]) for row in server.rows(f"SELECT id FROM mb_data_e_{number}")}
        lost = [record for record in acknowledged if record.replace("-", "") not in stored]
        self.assertEqual(lost, [])
        # each record and its audit row were one transaction, and so were each rotation and its row
        audited = server.rows("SELECT count(*) AS total FROM audit_logs WHERE event_type = 'REGISTRO_CREADO'")[0]["total"]
        self.assertEqual(int(audited), len(stored))
        orphans = server.rows("SELECT count(*) AS total FROM refresh_token_families f WHERE NOT EXISTS (SELECT 1 FROM users u WHERE u.id = f.user_id)")[0]["total"]
        self.assertEqual(int(orphans), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
