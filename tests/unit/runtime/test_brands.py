"""A brand that could not be read or trusted is found at the start, and an unknown one stops no
mail."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tenantlink_runtime.brands import (
    DARK_PAGE,
    LEAST_CONTRAST,
    BadBrand,
    Brand,
    contrast,
    load_brands,
)

DEFAULT = Brand(name="Tenantlink")
PNG = b"\x89PNG\r\n\x1a\nrest"


def written(folder: Path, key: str = "fabrikam", **lines: str) -> Path:
    """A brand file with a name, and what a test is about."""
    values = {"name": "Fabrikam"} | lines
    text = "\n".join(f'{name} = "{value}"' for name, value in values.items())
    (folder / f"{key}.toml").write_text(text)
    return folder


def test_a_brand_is_found_by_the_name_of_its_file(tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_bytes(PNG)
    brands = load_brands(
        written(tmp_path, colour="#7A1F5C", support="help@fabrikam.example", logo="logo.png"),
        DEFAULT,
    )
    brand = brands.find("fabrikam")
    assert (brand.name, brand.colour, brand.logo_png) == ("Fabrikam", "#7a1f5c", PNG)


def test_a_default_file_replaces_the_default(tmp_path: Path) -> None:
    assert load_brands(written(tmp_path, "default"), DEFAULT).find("default").name == "Fabrikam"


@pytest.mark.parametrize("folder", [True, False])
def test_an_unknown_brand_gets_the_default_and_a_word_in_the_log(
    tmp_path: Path, folder: bool
) -> None:
    brands = load_brands(written(tmp_path) if folder else None, DEFAULT)
    with capture_logs() as logs:
        assert brands.find("contoso") is DEFAULT
        assert brands.find("default") is DEFAULT
    assert [entry["brand"] for entry in logs] == ["contoso"]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ({"colour": "#ffcc00"}, "take a darker colour"),
        ({"colour": "red"}, "colour"),
        ({"name": ""}, "name"),
        ({"name": "<b>"}, "name"),
        ({"website": "http://fabrikam.example"}, "website"),
        ({"logo": "missing.png"}, "no file of the same folder"),
        ({"logo": "../logo.png"}, "no file of the same folder"),
        ({"logo": "photo.png"}, "no PNG"),
        ({"supprt": "help@fabrikam.example"}, "supprt"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_what_is_wrong(
    tmp_path: Path, lines: dict[str, str], words: str
) -> None:
    (tmp_path / "photo.png").write_bytes(b"GIF89a")
    with pytest.raises(BadBrand, match=r"^fabrikam\.toml: ") as caught:
        load_brands(written(tmp_path, **lines), DEFAULT)
    assert words in str(caught.value)


def test_a_file_that_is_no_toml_and_a_name_that_is_no_key_are_refused(tmp_path: Path) -> None:
    (tmp_path / "fabrikam.toml").write_text("name =")
    with pytest.raises(BadBrand, match=r"^fabrikam\.toml: "):
        load_brands(tmp_path, DEFAULT)
    (tmp_path / "fabrikam.toml").rename(tmp_path / "Fab rikam.toml")
    with pytest.raises(BadBrand, match="is named by"):
        load_brands(tmp_path, DEFAULT)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadBrand, match="no folder"):
        load_brands(tmp_path / "missing", DEFAULT)


def test_contrast_is_wcags() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("colour", ["#0f5ea8", "#000000", "#00205b", "#7a1f5c", "#006100"])
def test_every_brands_links_can_be_read_on_a_dark_page(colour: str) -> None:
    on_dark = Brand(name="Fabrikam", colour=colour).colour_on_dark
    assert contrast(on_dark, DARK_PAGE) >= LEAST_CONTRAST
