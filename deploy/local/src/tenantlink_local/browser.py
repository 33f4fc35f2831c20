"""A person's browser without script: finds everything by what is written on the page."""

import re
import time
from dataclasses import dataclass, field
from urllib.parse import urljoin

import requests
from bs4 import BeautifulSoup, Tag

LIMIT_SECONDS = 20.0


class NotOnThePage(Exception):
    """What was looked for is not there; the text lists what is."""


@dataclass
class Row:
    """A row of a table: texts by column header, and the row itself to click in."""

    cells: dict[str, str]
    element: Tag


@dataclass
class Browser:
    """One person with one cookie jar. `ca` is a CA file to trust besides none."""

    ca: str | None = None
    url: str = ""
    page: BeautifulSoup = field(default_factory=lambda: BeautifulSoup("", "html.parser"))
    status: int = 0

    def __post_init__(self) -> None:
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = self.ca or True
        self._typed: dict[str, str | None] = {}

    def open(self, url: str) -> None:
        """Go to an address."""
        self._take(self._session.get(urljoin(self.url, url), timeout=30))

    def reload(self) -> None:
        """What F5 does, or a page that refreshes itself."""
        refresh = self.page.find("meta", attrs={"http-equiv": "refresh"})
        target = re.search(r"url=(.+)", str(refresh.get("content"))) if refresh else None
        self.open(target[1].strip("'\" ") if target else self.url)

    def click(self, label: str, within: Tag | None = None) -> None:
        """A link or a button by its visible text (or its accessible name)."""
        place = within or self.page
        for element in place.find_all(["a", "button", "input"]):
            if _name_of(element) == label:
                self._activate(element)
                return
        raise NotOnThePage(f"no {label!r} to click on {self._describe(place)}")

    def fill(self, label: str, value: str) -> None:
        """Type into the field with this label."""
        self._typed[self._field(label)] = value

    def tick(self, label: str, on: bool = True) -> None:
        """Set or clear a check box."""
        name = self._field(label)
        self._typed[name] = "y" if on else None

    def choose(self, label: str) -> None:
        """A radio button by its label, or an option of a list by its text."""
        for option in self.page.find_all("option"):
            if _text(option) == label:
                select = option.find_parent("select")
                if select is not None:
                    self._typed[str(select["name"])] = str(option.get("value", label))
                return
        radio = self._labelled(label)
        self._typed[str(radio["name"])] = str(radio.get("value", "on"))

    def text(self) -> str:
        """All that is written on the page."""
        return _text(self.page.body or self.page)

    def heading(self) -> str:
        """The page's first heading."""
        found = self.page.find("h1")
        return _text(found) if isinstance(found, Tag) else ""

    def rows(self) -> list[Row]:
        """The rows of all tables that have column headers."""
        return [row for table in self.page.find_all("table") for row in _rows(table)]

    def row(self, containing: str) -> Row:
        """The first row with this text in it."""
        for row in self.rows():
            if containing in _text(row.element):
                return row
        raise NotOnThePage(f"no row with {containing!r} on {self._describe(self.page)}")

    def definition(self, term: str) -> str:
        """The value that stands beside a term."""
        for element in self.page.find_all(["dt", "th"]):
            if _text(element) == term:
                value = element.find_next_sibling(["dd", "td"])
                if isinstance(value, Tag):
                    return _text(value)
        raise NotOnThePage(f"no {term!r} on {self._describe(self.page)}")

    def wait_for(self, text: str, seconds: float = LIMIT_SECONDS) -> None:
        """Reload until the text is on the page."""
        deadline = time.monotonic() + seconds
        while text not in self.text():
            if time.monotonic() > deadline:
                raise NotOnThePage(
                    f"{text!r} did not come within {seconds} s: {self.text()[:1500]}"
                )
            time.sleep(0.1)
            self.reload()

    def _take(self, response: requests.Response) -> None:
        self.url, self.status = response.url, response.status_code
        self.page = BeautifulSoup(response.text, "html.parser")
        self._typed = {}

    def _activate(self, element: Tag) -> None:
        if element.name == "a":
            self.open(str(element["href"]))
            return
        form = element.find_parent("form")
        if form is None and element.get("form"):
            form = self.page.find(id=str(element["form"]))  # type: ignore[assignment]
        if not isinstance(form, Tag):
            raise NotOnThePage(f"{_name_of(element)!r} does nothing without a script")
        self._submit(form, element)

    def _submit(self, form: Tag, button: Tag) -> None:
        data = {name: value for name, value in _values(form) if name not in self._typed}
        own = {str(each.get("name")) for each in form.find_all(["input", "select", "textarea"])}
        data |= {n: v for n, v in self._typed.items() if v is not None and n in own}
        if button.get("name"):
            data[str(button["name"])] = str(button.get("value", ""))
        target = urljoin(self.url, str(form.get("action") or self.url))
        if str(form.get("method", "get")).lower() == "post":
            headers = {"Referer": self.url}
            self._take(self._session.post(target, data=data, headers=headers, timeout=30))
        else:
            self._take(self._session.get(target, params=data, timeout=30))

    def _field(self, label: str) -> str:
        return str(self._labelled(label)["name"])

    def _labelled(self, label: str) -> Tag:
        for element in self.page.find_all("label"):
            if _text(element).rstrip(" *") == label:
                found = self.page.find(id=str(element.get("for")))
                if isinstance(found, Tag):
                    return found
        raise NotOnThePage(f"no field {label!r} on {self._describe(self.page)}")

    def _describe(self, place: Tag) -> str:
        offers = [_name_of(each) for each in place.find_all(["a", "button"])]
        labels = [_text(each) for each in place.find_all("label")]
        return f"{self.url} ({self.status}); it offers {offers}, fields {labels}"


def _name_of(element: Tag) -> str:
    if element.name == "input":
        return str(element.get("value", "")) if element.get("type") == "submit" else ""
    return str(element.get("aria-label") or _text(element))


def _text(element: Tag) -> str:
    return " ".join(element.get_text(" ").split())


def _rows(table: Tag) -> list[Row]:
    headers = [_text(each) for each in table.select("thead th")]
    if not headers:
        return []
    rows = []
    for element in table.select("tbody tr"):
        cells = [_text(cell) for cell in element.find_all(["td", "th"])]
        rows.append(Row(dict(zip(headers, cells, strict=False)), element))
    return rows


def _values(form: Tag) -> list[tuple[str, str]]:
    """What the form would send as it is."""
    values = []
    for element in form.find_all(["input", "textarea", "select"]):
        name, kind = element.get("name"), element.get("type", "text")
        if not name or kind in ("submit", "button"):
            continue
        if kind in ("checkbox", "radio") and not element.has_attr("checked"):
            continue
        if element.name == "select":
            chosen = element.find("option", selected=True) or element.find("option")
            values.append((str(name), str(chosen.get("value", "")) if chosen else ""))
        elif element.name == "textarea":
            values.append((str(name), element.get_text().lstrip("\n")))
        else:
            values.append((str(name), str(element.get("value", "on" if kind == "radio" else ""))))
    return values
