"""A mail server for tests: real SMTP over a socket, with what can go wrong on its side.

Source: RFC 5321; AUTH of RFC 4954; STARTTLS of RFC 3207.
"""

import base64
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default


@dataclass
class MailServer:
    """What it took, what it answers; `answers` overrides the answer to a command by its name."""

    port: int = 0
    taken: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)  # addresses
    login: tuple[str, str] | None = None
    tls: ssl.SSLContext | None = None
    # Called with the whole e-mail in hand, before the answer; "hang up" ends the line instead.
    before_answer: Callable[[], str | None] = lambda: None
    before_greeting: Callable[[], None] = lambda: None

    @property
    def texts(self) -> list[str]:
        """The text of each e-mail."""
        return [mail.get_content().replace("\r\n", "\n") for _, mail in self.taken]


@contextmanager
def serving(*, tls: ssl.SSLContext | None = None) -> Iterator[MailServer]:
    """Run a mail server on a port of its own."""
    told = MailServer(tls=tls)

    class Line(socketserver.StreamRequestHandler):
        timeout = 10

        def handle(self) -> None:
            with suppress(OSError):
                _Talk(told, self.connection).all()

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Line) as server:
        server.daemon_threads = True
        told.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield told
        finally:
            server.shutdown()
            thread.join()


class _Talk:
    """One line, from the greeting to the end."""

    def __init__(self, told: MailServer, line: socket.socket) -> None:
        self.told = told
        self.line = line
        self.file = line.makefile("rwb")
        self.contacts: list[str] = []
        self.own: dict[str, Callable[[str], bool | None]] = {
            "EHLO": self.ehlo,
            "STARTTLS": self.starttls,
            "AUTH": self.auth,
            "RCPT": self.rcpt,
            "DATA": self.data,
            "QUIT": self.quit,
        }

    def all(self) -> None:
        self.told.before_greeting()
        try:
            self.say(self.told.answers.get("CONNECT", "220 mail.test"))
            while given := self.file.readline():
                command = given.decode().rstrip()
                self.told.commands.append(command)
                if self.answer(command):
                    break
        finally:
            with suppress(OSError):
                self.file.close()
            self.line.close()

    def answer(self, command: str) -> bool | None:
        """Answer a command; True ends the line."""
        name = command.upper().split(" ")[0]
        said = self.told.answers.get(name)
        if said is None and name in self.own:
            return self.own[name](command)
        return self.say(said or "250 ok")

    def say(self, text: str) -> bool:
        if text == "hang up":
            return True
        self.file.write(text.encode() + b"\r\n")
        self.file.flush()
        return False

    def ehlo(self, _: str) -> None:
        offers = ["mail.test", *(["AUTH PLAIN"] if self.told.login else [])]
        offers += ["STARTTLS"] if self.told.tls else []
        for offer in offers:
            self.say(f"250-{offer}")
        self.say("250 HELP")

    def starttls(self, _: str) -> None:
        assert self.told.tls is not None
        self.say("220 go ahead")
        self.file.close()
        self.line = self.told.tls.wrap_socket(self.line, server_side=True)
        self.file = self.line.makefile("rwb")

    def auth(self, command: str) -> None:
        _, user, password = base64.b64decode(command.split(" ")[2]).decode().split("\0")
        is_known = (user, password) == self.told.login
        self.say("235 welcome" if is_known else f"535 5.7.8 {password} is wrong")

    def rcpt(self, command: str) -> None:
        address = command.partition("<")[2].partition(">")[0]
        is_refused = address in self.told.refused
        self.contacts += [] if is_refused else [address]
        self.say("550 no such user" if is_refused else "250 ok")

    def data(self, _: str) -> bool:
        self.say("354 go on")
        content = bytearray()
        while (part := self.file.readline()) not in (b".\r\n", b""):
            content += part.removeprefix(b".")
        said = self.told.before_answer() or self.told.answers.get("END", "250 taken")
        if said.startswith("2"):
            self.told.raw.append(bytes(content))
            self.told.taken.append((self.contacts, _read(bytes(content))))
        return self.say(said)

    def quit(self, _: str) -> bool:
        self.say("221 bye")
        return True


def _read(content: bytes) -> EmailMessage:
    read = message_from_bytes(content, policy=default)
    assert isinstance(read, EmailMessage)
    return read
