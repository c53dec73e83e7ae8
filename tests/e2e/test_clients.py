"""Clients and servers of other people, from npm: an app's codes by otplib, and mails as smtp-server receives them."""
# each run: sqlite
# on demand: postgres

import email
import email.policy
import email.utils
import json
import pathlib
import re
import shutil
import tempfile
import time
import unittest
import urllib.parse

import npm_clients
from certificates import Pair
from one_time_codes import OneTimeCodes
from server_under_test import PASSWORD, START_SECONDS, Server

npm_clients.need()

SENDER = "metabuilder@mail.example.com"
USER = "metabuilder"
MAIL_PASSWORD = "once gatos miran al sur"
NEW_PASSWORD = "tres lunas sobre el mar de marzo"


class Codes(unittest.TestCase):
    """Second factors with otplib."""

    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server())

    def post(self, path, body=None, token=None):
        return self.server.ask("POST", "/api/v1/mfa/" + path, body, token)

    def enrolled(self):
        address = self.server.someone()
        token = self.server.token(address)
        offer = self.post("setup", token=token)
        self.assertEqual(offer.status, 200, offer)
        uri = offer.json()["otpauth_uri"]
        app = OneTimeCodes(lambda second: npm_clients.run("totp.mjs", uri, second))
        made = self.post("enable", {"code": app.code()}, token)
        self.assertEqual(made.status, 200, made)
        self.assertEqual(len(made.json()["recovery_codes"]), 8)
        return address, token, app

    def test_otplib_counts_as_the_standard_does(self):
        # RFC 6238 appendix B
        secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
        for second, code in ((59, "94287082"), (1111111109, "07081804"), (20000000000, "65353130")):
            self.assertEqual(npm_clients.run("totp.mjs", f"otpauth://totp/x?secret={secret}&digits=8", second), code)

    def test_a_factor_is_set_up_and_asked_for_at_the_next_login(self):
        address, _, app = self.enrolled()
        begun = self.server.login(address)
        self.assertEqual((begun.status, begun.json()["mfa_required"]), (200, True))
        self.assertNotIn("access_token", begun.json())
        session = begun.json()["mfa_session_token"]
        code = app.code()
        wrong = self.post("verify", {"mfa_session_token": session, "code": f"{(int(code) + 1) % 1_000_000:06d}"})
        self.assertEqual((wrong.status, wrong.code), (401, "CODIGO_INVALIDO"))
        entered = self.post("verify", {"mfa_session_token": session, "code": code})
        self.assertEqual(entered.status, 200, entered)
        self.assertEqual(self.server.ask("GET", "/api/v1/user/me", token=entered.json()["access_token"]).status, 200)
        again = self.server.login(address).json()["mfa_session_token"]
        self.assertEqual(self.post("verify", {"mfa_session_token": again, "code": code}).code, "CODIGO_INVALIDO")

    def test_a_code_steps_up_and_takes_the_factor_away(self):
        address, token, app = self.enrolled()
        self.assertEqual(self.post("disable", token=token).code, "STEP_UP_REQUERIDO")
        shown = self.post("step-up", {"code": app.code()}, token)
        self.assertEqual(shown.status, 200, shown)
        headers = {"X-Step-Up-Token": shown.json()["step_up_token"]}
        self.assertEqual(self.server.ask("POST", "/api/v1/mfa/disable", token=token, headers=headers).status, 200)
        self.assertIn("access_token", self.server.login(address).json())


class Sink:
    """An SMTP server on this machine with a certificate of its own."""

    def __init__(self, implicit=False, password=MAIL_PASSWORD):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mb-mails-"))
        self.pair = Pair(self.folder / "localhost")
        self.implicit = implicit
        self.running = npm_clients.Running("smtp_sink.mjs", json.dumps({
            "folder": str(self.folder), "key": str(self.pair.key), "cert": str(self.pair.certificate), "user": USER, "password": password, "implicit": implicit}))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.running.__exit__()
        shutil.rmtree(self.folder)

    def settings(self):
        return {"SMTP_URL": f"{'smtps' if self.implicit else 'smtp'}://localhost:{self.running.said}", "SMTP_USER": USER, "SMTP_PASSWORD": MAIL_PASSWORD,
                "SMTP_CA_FILE": str(self.pair.certificate), "MAIL_FROM": SENDER}

    def mails(self):
        return [json.loads(each.read_text()) for each in sorted(self.folder.glob("*.json"), key=lambda each: int(each.stem))]

    def refusals(self):
        path = self.folder / "refused.txt"
        return path.read_text().splitlines() if path.exists() else []

    def mail(self, recipient, subject):
        """The mail of that subject to that address, once it is there."""
        return eventually(lambda: next((each for each in self.mails() if each["recipients"] == [recipient] and parsed(each)["Subject"] == subject), None))


def eventually(look):
    deadline = time.monotonic() + START_SECONDS
    while not (found := look()):
        if time.monotonic() > deadline:
            raise AssertionError("it did not happen in time")
        time.sleep(0.05)
    return found


def parsed(mail):
    return email.message_from_bytes(mail["content"].encode("latin1"), policy=email.policy.default)


def links(text):
    return re.findall(r"http://[^\s\"<]+", text)


class Mails(unittest.TestCase):
    """What leaves the outbox, as a real server receives it."""

    WORDS = {
        "es": {"verify": "Confirma tu dirección de correo", "reset": "Cambia tu contraseña", "phrase": "esperamos que tú"},
        "en": {"verify": "Confirm your e-mail address", "reset": "Change your password", "phrase": "we hope you"},
    }

    def register(self, server, address, tongue):
        answer = server.ask("POST", "/api/v1/auth/register", {"email": address, "password": PASSWORD}, headers={"Accept-Language": tongue})
        self.assertEqual(answer.status, 201, answer)

    def link_of(self, server, mail, recipient, tongue):
        """Looks at everything in a mail that carries a link; the link."""
        self.assertEqual((mail["encrypted"], mail["user"], mail["sender"], mail["recipients"]), (True, USER, SENDER, [recipient]))
        read = parsed(mail)
        self.assertEqual(read.defects, [])
        self.assertEqual((email.utils.parseaddr(read["From"])[1], email.utils.parseaddr(read["To"])[1]), (SENDER, recipient))
        self.assertRegex(read["Message-ID"], r"^<[0-9a-f-]{36}@mail\.example\.com>$")
        self.assertEqual((read["MIME-Version"], read["Auto-Submitted"], read.get_content_type()), ("1.0", "auto-generated", "multipart/alternative"))
        self.assertLess(abs(email.utils.parsedate_to_datetime(read["Date"]).timestamp() - time.time()), 300)
        plain, html = read.get_payload()
        self.assertEqual([(each.get_content_type(), each.get_content_charset(), each.defects) for each in (plain, html)],
                         [("text/plain", "utf-8", []), ("text/html", "utf-8", [])])
        plain, html = plain.get_content(), html.get_content()
        self.assertIn(f'<html lang="{tongue}">', html)
        self.assertTrue(all(recipient in each for each in (plain, html)))
        [link] = links(plain)
        self.assertEqual(set(links(html)), {link})
        self.assertTrue(link.startswith(server.origin), link)
        return link[len(server.origin):]

    def uses_the_links(self, sink):
        with Server(**sink.settings()) as server:
            for tongue, words in self.WORDS.items():
                with self.subTest(tongue=tongue):
                    address = f"{tongue}@example.com"
                    self.register(server, address, tongue)
                    mail = sink.mail(address, words["verify"])
                    self.assertIn(words["phrase"], parsed(mail).get_payload()[0].get_content())
                    link = self.link_of(server, mail, address, tongue)
                    self.assertEqual(server.login(address).code, "EMAIL_NO_VERIFICADO")
                    page = server.ask("GET", link, headers={"Accept": "text/html", "Accept-Language": tongue})
                    self.assertEqual(page.status, 200)
                    self.assertEqual(server.ask("POST", link).status, 200)
                    self.assertEqual(server.login(address).status, 200)

                    server.ask("POST", "/api/v1/auth/forgot-password", {"email": address}, headers={"Accept-Language": tongue})
                    link = self.link_of(server, sink.mail(address, words["reset"]), address, tongue)
                    token = urllib.parse.parse_qs(urllib.parse.urlsplit(link).query)["token"][0]
                    answer = server.ask("POST", "/api/v1/auth/reset-password", {"token": token, "new_password": NEW_PASSWORD})
                    self.assertEqual(answer.status, 200, answer)
                    self.assertEqual(server.login(address, NEW_PASSWORD).status, 200)
            # the two links and the notices of the new password and of an unknown browser, for each
            eventually(lambda: server.rows("SELECT count(*) AS n FROM outbox WHERE sent_at IS NOT NULL")[0]["n"] == 8)
            self.assertEqual(len(sink.mails()), 8)

    def test_links_of_mails_over_starttls_work(self):
        with Sink() as sink:
            self.uses_the_links(sink)
            self.assertEqual(sink.refusals(), [])

    def test_links_of_mails_over_implicit_tls_work(self):
        with Sink(implicit=True) as sink:
            self.uses_the_links(sink)

    def waits(self, sink, **settings):
        """One mail is asked for and kept, since it can't be handed over."""
        with Server(**{**sink.settings(), **settings}) as server:
            self.register(server, "ana@example.com", "es")
            row = eventually(lambda: next(iter(server.rows("SELECT attempts, sent_at, failed_at, last_error FROM outbox WHERE attempts > 0")), None))
            self.assertEqual((row["attempts"], row["sent_at"], row["failed_at"], row["last_error"]), (1, None, None, "unavailable at smtp.deliver"))
            self.assertEqual(sink.mails(), [])
            return server.log_text()

    def test_a_server_that_nobody_vouches_for_gets_neither_mail_nor_password(self):
        for implicit in (False, True):
            with self.subTest(implicit=implicit), Sink(implicit) as sink:
                self.waits(sink, SMTP_CA_FILE="")
                self.assertEqual(sink.refusals(), [])

    def test_another_servers_certificate_is_refused(self):
        with Sink() as sink, tempfile.TemporaryDirectory() as folder:
            other = Pair(pathlib.Path(folder) / "other")
            self.waits(sink, SMTP_CA_FILE=other.certificate)
            self.assertEqual(sink.refusals(), [])

    def test_a_refused_password_keeps_the_mail(self):
        with Sink(password="otra contraseña de correo") as sink:
            self.waits(sink)
            self.assertEqual(set(sink.refusals()), {USER})

    def test_a_file_without_certificates_is_refused_at_the_start(self):
        with Sink() as sink:
            empty = sink.folder / "empty.pem"
            empty.write_text("nothing of the kind\n")
            torn = sink.folder / "torn.pem"
            torn.write_text(sink.pair.certificate.read_text().replace("M", "?", 1))
            for path in (empty, torn, sink.folder / "nowhere.pem", sink.folder):
                with self.subTest(path=path.name), self.assertRaisesRegex(RuntimeError, "SMTP_CA_FILE"):
                    with Server(**{**sink.settings(), "SMTP_CA_FILE": path}):
                        pass


if __name__ == "__main__":
    unittest.main(verbosity=2)
