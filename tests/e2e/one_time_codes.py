"""What an authenticator app shows, as somebody with patience uses it."""

import base64
import hashlib
import hmac
import struct
import time


def counted_code(secret, step):
    """RFC 4226 and RFC 6238, once more and by other hands."""
    mac = hmac.new(base64.b32decode(secret), struct.pack(">q", step), hashlib.sha1).digest()
    at = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[at:at + 4])[0] & 0x7fffffff) % 1_000_000:06d}"


class OneTimeCodes:
    """One account's app. It never shows a code twice: it takes those of the step before, of now and of the next before it waits."""

    def __init__(self, code_at):
        """code_at: what the app shows at a second of the epoch."""
        self.code_at = code_at
        self.last = 0

    def code(self):
        while True:
            now = int(time.time()) // 30
            step = max(self.last + 1, now - 1)
            if step <= now + 1:
                # at the very end of a step the server may be in the next one when it looks
                if step == now - 1 and time.time() % 30 > 15:
                    step += 1
                self.last = step
                return self.code_at(step * 30)
            time.sleep(1)
