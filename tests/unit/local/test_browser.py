"""The browser of the demo does what a person's browser without script does."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask, redirect, request, session
from werkzeug.wrappers import Response

from tenantlink_local.browser import Browser, NotOnThePage

FORM = """<h1>Order</h1>
<nav><a href="/elsewhere">Go</a></nav>
<main><a href="/right">Go</a>
<form method="post" action="/sent">
<input type="hidden" name="token" value="t1">
<label for="n">Name *</label><input id="n" name="name" value="old">
<label>Notes <textarea name="notes">
none</textarea></label>
<fieldset><legend>Size</legend>
<input type="radio" name="size" id="s" value="1" checked><label for="s">Small</label>
<input type="radio" name="size" id="l" value="2"><label for="l">Large+</label></fieldset>
<label for="c">Colour</label><select id="c" name="colour">
<option value="r">Red</option><option value="b">Blue</option></select>
<input type="checkbox" id="m" name="mail"><label for="m">Send mail</label>
<input type="checkbox" id="p" name="print" value="y" checked><label for="p">Print</label>
<button name="way" value="next">Next</button><button type="button">Draw</button>
</form>
<form method="post" action="/other"><input name="name" value="untouched">
<button>Other</button></form>
<details><summary>Add Service &#9662;</summary></details></main>"""

TABLE = """<table><thead><tr><th>ID</th><th>Done</th><th>Actions</th></tr></thead><tbody>
<tr><td>one</td><td>false</td><td><a href="/row/one">Add</a></td></tr>
<tr><td>two</td><td>true</td><td><a href="/row/two">Add</a></td></tr></tbody></table>
<dl><dt>Days</dt><dd>180</dd></dl>"""


def pages() -> Flask:
    app = Flask(__name__)
    app.secret_key = "only for this test"
    visits = {"count": 0}
    app.add_url_rule("/", "/", view_func=lambda: FORM)
    app.add_url_rule("/table", "/table", view_func=lambda: TABLE)
    app.add_url_rule("/row/<name>", "/row/<name>", view_func=lambda name: f"<h1>Row {name}</h1>")
    app.add_url_rule("/right", "/right", view_func=lambda: "<h1>Right</h1>")

    @app.post("/sent")
    def sent() -> Response:
        session["sent"] = request.form.to_dict()
        return redirect("/shown", 303)

    @app.post("/other")
    def other() -> dict[str, str]:
        return request.form.to_dict()

    @app.get("/shown")
    def shown() -> str:
        return "; ".join(f"{name}={value}" for name, value in session["sent"].items())

    @app.get("/slow")
    def slow() -> str:
        visits["count"] += 1
        if visits["count"] < 3:
            return '<meta http-equiv="Refresh" content="1">Being checked'
        return '<meta http-equiv="refresh" content="1; url=/right">'

    return app


@pytest.fixture
def browser(serve: Callable[[Flask], str]) -> Iterator[Browser]:
    with Browser() as person:
        person.open(serve(pages()))
        yield person


def test_a_form_sends_what_was_typed_chosen_and_ticked_and_the_rest_as_it_was(
    browser: Browser,
) -> None:
    browser.fill("Name", "Contoso")
    browser.choose("Size", "Large+")
    browser.choose("Colour", "Blue")
    browser.tick("Send mail")
    browser.tick("Print", on=False)
    browser.click("Next")
    assert browser.text() == (
        "colour=b; mail=on; name=Contoso; notes=none; size=2; token=t1; way=next"
    )


def test_a_form_that_nobody_touched_sends_its_defaults(browser: Browser) -> None:
    browser.click("Next")
    assert browser.text() == ("colour=r; name=old; notes=none; print=y; size=1; token=t1; way=next")


def test_what_is_typed_into_one_form_does_not_reach_another(browser: Browser) -> None:
    browser.fill("Name", "Contoso")
    browser.click("Other")
    assert "untouched" in browser.text()


def test_text_areas_within_their_label_are_found_by_it(browser: Browser) -> None:
    browser.fill("Notes none", "two words")
    browser.click("Next")
    assert "notes=two words" in browser.text()


def test_the_main_part_of_a_page_comes_before_its_navigation(browser: Browser) -> None:
    browser.click("Go")
    assert browser.heading == "Right"


def test_an_unknown_label_is_answered_with_the_labels_there_are(browser: Browser) -> None:
    with pytest.raises(NotOnThePage, match=r"no field 'Nmae'.*'Name \*'.*'Send mail'"):
        browser.fill("Nmae", "x")
    with pytest.raises(NotOnThePage, match=r"no 'Nxt' to click on.*'Next'"):
        browser.click("Nxt")
    with pytest.raises(NotOnThePage, match=r"no option 'Green' of 'Colour', but \['Red', 'Blue'\]"):
        browser.choose("Colour", "Green")


def test_a_button_that_needs_a_script_is_told_and_a_fold_is_not_one(browser: Browser) -> None:
    browser.click("Add Service")
    with pytest.raises(NotOnThePage, match="does nothing without a script"):
        browser.click("Draw")


def test_a_table_is_read_by_its_headers_and_clicked_in_by_row(browser: Browser) -> None:
    browser.open("/table")
    row = browser.row(containing="two")
    assert (row["Done"], row.buttons, browser.definition("Days")) == ("true", ["Add"], "180")
    with pytest.raises(NotOnThePage, match="no column 'Dnoe'"):
        row["Dnoe"]
    browser.click("Add", within=row.element)
    assert browser.heading == "Row two"


def test_waiting_follows_a_page_that_refreshes_itself(browser: Browser) -> None:
    browser.open("/slow")
    browser.wait_for("Right")
    assert browser.url.endswith("/right")


def test_waiting_ends_and_says_what_the_page_said(browser: Browser) -> None:
    with pytest.raises(NotOnThePage, match=r"'Never' did not come .* within 0.2 s.*Order"):
        browser.wait_for("Never", seconds=0.2)
