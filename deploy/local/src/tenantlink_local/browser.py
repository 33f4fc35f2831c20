"""A person's browser without script: finds everything by what is written on the page.

What is typed is written into the page itself, so a form sends what a browser would send.
"""

import re
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self
from unicodedata import category
from urllib.parse import urljoin, urlsplit, urlunsplit

import requests
from bs4 import BeautifulSoup, Tag

LIMIT_SECONDS = 20.0
_DECORATION = ("So",)  # arrows and the like beside a name are not part of it
_REFRESH = re.compile(r"url\s*=\s*['\"]?([^'\"]+)", re.IGNORECASE)


class NotOnThePage(Exception):
    """What was looked for is not there; the text lists what is."""


@dataclass
class Row:
    """A row of a table: texts by column header, and the row itself to click in."""

    cells: dict[str, str]
    element: Tag

    def __getitem__(self, column: str) -> str:
        try:
            return self.cells[column]
        except KeyError:
            raise NotOnThePage(f"no column {column!r}, but {list(self.cells)}") from None

    @property
    def buttons(self) -> list[str]:
        """What can be clicked on in this row."""
        return [_name_of(each) for each in self.element.find_all(["a", "button"])]


@dataclass
class Browser:
    """One person with one cookie jar. `ca` is a CA file to trust instead of the public ones."""

    ca: str | None = None
    url: str = ""
    page: BeautifulSoup = field(default_factory=lambda: BeautifulSoup("", "html.parser"))
    status: int = 0

    def __post_init__(self) -> None:
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = self.ca or True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def open(self, url: str) -> None:
        """Go to an address."""
        self._take(self._session.get(urljoin(self.url, url), timeout=30))

    def reload(self) -> None:
        """What F5 does, or a page that refreshes itself."""
        refresh = self.page.find("meta", attrs={"http-equiv": re.compile("^refresh$", re.I)})
        target = _REFRESH.search(str(refresh.get("content"))) if isinstance(refresh, Tag) else None
        self.open(target[1].strip() if target else self.url)

    def click(self, label: str, within: Tag | None = None) -> None:
        """A link, a button or a fold by its visible text or its accessible name.

        The page's main part is looked through before its navigation.
        """
        main = self.page.find("main")
        for place in [within] if within else [main, self.page]:
            for element in _clickable(place) if isinstance(place, Tag) else []:
                if _name_of(element) == label:
                    self._activate(element)
                    return
        raise NotOnThePage(f"no {label!r} to click on {self._describe(within or self.page)}")

    def fill(self, label: str, value: str) -> None:
        """Type into the field with this label."""
        element = self._labelled(label)
        if element.name == "textarea":
            element.string = value
        else:
            element["value"] = value

    def tick(self, label: str, on: bool = True) -> None:
        """Set or clear a check box."""
        box = self._labelled(label)
        if on:
            box["checked"] = ""
        else:
            box.attrs.pop("checked", None)

    def choose(self, label: str, option: str | None = None) -> None:
        """An option of the list, or a radio button of the group, with this label; a radio button
        by its own label alone when no option is given."""
        if option is None:
            self._press(self._labelled(label))
            return
        group = next((g for g in self.page.find_all("fieldset") if _legend(g) == label), None)
        if isinstance(group, Tag):
            self._press(self._labelled(option, group))
            return
        select = self._labelled(label)
        options = {_text(each): each for each in select.find_all("option")}
        if option not in options:
            raise NotOnThePage(f"no option {option!r} of {label!r}, but {list(options)}")
        for text, each in options.items():
            _mark(each, "selected", text == option)

    def text(self) -> str:
        """All that is written on the page."""
        return _text(self.page.body or self.page)

    @property
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
        terms = [_text(each) for each in self.page.find_all("dt")]
        raise NotOnThePage(f"no {term!r} on {self.url}, but {terms}")

    def wait_for(self, text: str, seconds: float = LIMIT_SECONDS) -> None:
        """Reload until the text is on the page."""
        deadline = time.monotonic() + seconds
        while text not in self.text():
            if time.monotonic() > deadline:
                raise NotOnThePage(
                    f"{text!r} did not come to {self.url} within {seconds:g} s; "
                    f"the page says: {self.text()[:1500]}"
                )
            time.sleep(0.1)
            self.reload()

    def _take(self, response: requests.Response) -> None:
        self.url, self.status = response.url, response.status_code
        self.page = BeautifulSoup(response.text, "html.parser")

    def _activate(self, element: Tag) -> None:
        if element.name == "summary":
            return  # what it unfolds is on the page already
        if element.name == "a":
            self.open(str(element["href"]))
            return
        form = self._form_of(element)
        if form is None or element.get("type", "submit") != "submit":
            raise NotOnThePage(f"{_name_of(element)!r} does nothing without a script")
        self._submit(form, element)

    def _submit(self, form: Tag, button: Tag) -> None:
        fields = self.page.find_all(["input", "textarea", "select"])
        data = list(_values(each for each in fields if self._form_of(each) is form))
        if button.get("name"):
            data.append((str(button["name"]), str(button.get("value", ""))))
        action = button.get("formaction") or form.get("action") or self.url
        target = urljoin(self.url, str(action))
        if str(form.get("method", "get")).lower() == "post":
            headers = {"Referer": self.url}
            self._take(self._session.post(target, data=data, headers=headers, timeout=30))
        else:
            target = urlunsplit(urlsplit(target)._replace(query=""))  # as browsers do
            self._take(self._session.get(target, params=data, timeout=30))

    def _form_of(self, element: Tag) -> Tag | None:
        named = element.get("form")
        found = self.page.find("form", id=str(named)) if named else element.find_parent("form")
        return found if isinstance(found, Tag) else None

    def _press(self, radio: Tag) -> None:
        for each in self.page.find_all("input", type="radio", attrs={"name": radio["name"]}):
            if self._form_of(each) is self._form_of(radio):
                _mark(each, "checked", each is radio)

    def _labelled(self, label: str, within: Tag | None = None) -> Tag:
        for element in (within or self.page).find_all("label"):
            if _text(element).rstrip(" *") != label:
                continue
            named = element.get("for")
            found = (
                self.page.find(id=str(named))
                if named
                else element.find(["input", "select", "textarea"])
            )
            if isinstance(found, Tag):
                return found
        raise NotOnThePage(f"no field {label!r} on {self._describe(within or self.page)}")

    def _describe(self, place: Tag) -> str:
        offers = [_name_of(each) for each in _clickable(place)]
        labels = [_text(each) for each in place.find_all("label")]
        return f"{self.url} ({self.status}); it offers {offers}, fields {labels}"


def _clickable(place: Tag) -> list[Tag]:
    found = place.find_all(["a", "button", "input", "summary"])
    return [each for each in found if _name_of(each) and not _is_out_of_use(each)]


def _is_out_of_use(element: Tag) -> bool:
    return element.has_attr("hidden") or element.has_attr("disabled")


def _name_of(element: Tag) -> str:
    if element.name == "input":
        return str(element.get("value", "")) if element.get("type") == "submit" else ""
    spoken = element.get("aria-label") or _text(element)
    return "".join(each for each in str(spoken) if category(each) not in _DECORATION).strip()


def _text(element: Tag) -> str:
    return " ".join(element.get_text(" ").split())


def _legend(group: Tag) -> str:
    legend = group.find("legend")
    return _text(legend) if isinstance(legend, Tag) else ""


def _mark(element: Tag, attribute: str, on: bool) -> None:
    element.attrs.pop(attribute, None)
    if on:
        element[attribute] = ""


def _rows(table: Tag) -> list[Row]:
    headers = [_text(each) for each in table.select("thead th")]
    if not headers:
        return []
    rows = []
    for element in table.select("tbody tr"):
        cells = [_text(cell) for cell in element.find_all(["td", "th"])]
        rows.append(Row(dict(zip(headers, cells, strict=False)), element))
    return rows


def _values(fields: Iterable[Tag]) -> Iterable[tuple[str, str]]:
    """What a form would send, but for its button."""
    for element in fields:
        name, kind = element.get("name"), element.get("type", "text")
        if not name or element.has_attr("disabled") or kind in ("submit", "button", "reset"):
            continue
        if kind in ("checkbox", "radio"):
            if element.has_attr("checked"):
                yield str(name), str(element.get("value", "on"))
        elif element.name == "select":
            chosen = element.find("option", selected=True) or element.find("option")
            if isinstance(chosen, Tag):
                yield str(name), str(chosen.get("value", _text(chosen)))
        elif element.name == "textarea":
            yield str(name), element.get_text().lstrip("\n")
        else:
            yield str(name), str(element.get("value", ""))
