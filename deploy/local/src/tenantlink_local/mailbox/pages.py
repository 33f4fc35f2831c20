"""The page that lists and shows mails, as plain as a page can be."""

from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from flask import Flask, Response, abort, make_response, render_template

from tenantlink_local.mailbox.behaviour import PATTERNS


@dataclass(frozen=True)
class Letter:
    """A mail as the page shows it."""

    number: str
    message: EmailMessage

    @property
    def subject(self) -> str:
        """Never empty, since it is what one clicks on."""
        return str(self.message["Subject"] or "(no subject)")

    def part(self, kind: str) -> str:
        """The text of its plain or HTML part."""
        found = self.message.get_body((kind,))
        return "" if found is None else str(found.get_content())


def build(folder: Path) -> Flask:
    """The application; it reads the folder anew for every request."""
    app = Flask(__name__)

    def letter(number: str) -> Letter:
        path = folder / f"{number}.eml"
        if not number.isdigit() or not path.exists():
            abort(404)
        message = message_from_bytes(path.read_bytes(), policy=default)
        if not isinstance(message, EmailMessage):
            abort(404)
        return Letter(number, message)

    @app.get("/")
    def listing() -> str:
        numbers = sorted((path.stem for path in folder.glob("*.eml")), reverse=True)
        return render_template("mailbox.html", letters=[letter(each) for each in numbers])

    @app.get("/addresses")
    def addresses() -> str:
        return render_template("addresses.html", patterns=PATTERNS)

    @app.get("/mails/<number>.eml")
    def whole(number: str) -> Response:
        letter(number)
        answer = make_response((folder / f"{number}.eml").read_bytes())
        answer.headers["Content-Type"] = "text/plain; charset=utf-8"
        answer.headers["X-Content-Type-Options"] = "nosniff"
        return answer

    @app.get("/mails/<number>")
    def one(number: str) -> str:
        return render_template("mail.html", letter=letter(number))

    @app.get("/mails/<number>/html")
    def html(number: str) -> Response:
        # A link of the mail opens a window of its own, as in a mail program.
        answer = make_response('<base target="_blank">' + letter(number).part("html"))
        answer.headers["Content-Security-Policy"] = (
            "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
            "style-src 'unsafe-inline'; img-src data:"
        )
        return answer

    return app
