"""Whose name and looks mails and pages bear: one TOML file per brand, checked at the start.

A folder holds `<brand>.toml` and the logos beside it. The wizard and the mails read the same files,
so that whoever follows a link lands where the mail said. Nothing is loaded from elsewhere when a
mail or a page is opened: logos are small files that are sent along.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

_log = structlog.get_logger(__name__)

DEFAULT = "default"
LEAST_CONTRAST = 4.5  # WCAG 2.2, 1.4.3, level AA
LIGHT_PAGE, DARK_PAGE = "#ffffff", "#1c2128"
MOST_LOGO_BYTES = 64 * 1024
_PNG = b"\x89PNG\r\n\x1a\n"
_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


class BadBrand(ValueError):
    """A brand file that cannot be used; the text says which and why."""


class Brand(BaseModel):
    """A provider as customers know it. `colour` is the background of buttons, with white text.

    `support` and `sender` are 'Name <address>' or an address alone; without `sender` mails come
    from the installation's own. `website` is shown as a text, and `phone` too.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f<>]+$")
    colour: str = Field(default="#0f5ea8", pattern=r"^#[0-9a-fA-F]{6}$")
    support: str | None = Field(default=None, max_length=320)
    sender: str | None = Field(default=None, max_length=320)
    phone: str | None = Field(default=None, max_length=40, pattern=r"^\+?[0-9 ()/-]+$")
    website: str | None = Field(default=None, max_length=200, pattern=r"^https://[^\s<>\"']+$")
    logo: Path | None = None

    @field_validator("colour")
    @classmethod
    def _is_readable(cls, colour: str) -> str:
        found = contrast(colour, LIGHT_PAGE)
        if found < LEAST_CONTRAST:
            raise ValueError(
                f"white text on {colour} has a contrast of {found:.2f}:1, and "
                f"{LEAST_CONTRAST}:1 is needed; take a darker colour"
            )
        return colour.lower()

    @property
    def colour_on_dark(self) -> str:
        """The brand's colour for links on a dark page: lightened until it can be read."""
        colour = self.colour
        while contrast(colour, DARK_PAGE) < LEAST_CONTRAST:
            colour = _lighter(colour)
        return colour

    @property
    def logo_png(self) -> bytes | None:
        """The logo's bytes; None where the brand has none."""
        return None if self.logo is None else self.logo.read_bytes()


@dataclass(frozen=True)
class Brands:
    """All brands of an installation."""

    default: Brand
    named: Mapping[str, Brand] = field(default_factory=dict)

    @property
    def all(self) -> dict[str, Brand]:
        """Every brand by its key, the default's first."""
        return {DEFAULT: self.default, **self.named}

    def find(self, key: str) -> Brand:
        """The brand of an order. An unknown one must not stop a mail: the default's, and a word
        in the log."""
        if key in self.named:
            return self.named[key]
        if key != DEFAULT:
            _log.warning("unknown_brand", brand=key[:40])
        return self.default


def load_brands(folder: Path | None, default: Brand) -> Brands:
    """Every `*.toml` of the folder; `default.toml`, where it is there, replaces `default`.

    BadBrand names the file, and what is wrong with it.
    """
    if folder is None:
        return Brands(default)
    if not folder.is_dir():
        raise BadBrand(f"{folder} is no folder")
    named = {path.stem: _read(path) for path in sorted(folder.glob("*.toml"))}
    return Brands(named.pop(DEFAULT, default), named)


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio of two #rrggbb colours, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _read(path: Path) -> Brand:
    if not _KEY.fullmatch(path.stem):
        raise BadBrand(f"{path.name}: a brand's file is named by a-z, 0-9, - and _")
    try:
        brand = Brand.model_validate(tomllib.loads(path.read_text()))
    except tomllib.TOMLDecodeError as error:
        raise BadBrand(f"{path.name}: {error}") from None
    except ValidationError as error:
        rows = error.errors(include_url=False)
        faults = "; ".join(f"{'.'.join(map(str, row['loc']))}: {row['msg']}" for row in rows)
        raise BadBrand(f"{path.name}: {faults}") from None
    return brand if brand.logo is None else _with_logo(path, brand, brand.logo)


def _with_logo(path: Path, brand: Brand, logo: Path) -> Brand:
    """The logo's whole path; it lies beside its brand's file."""
    whole = path.parent / logo.name
    if logo.name != str(logo) or not whole.is_file():
        raise BadBrand(f"{path.name}: logo: {logo} is no file of the same folder")
    content = whole.read_bytes()
    if not content.startswith(_PNG) or len(content) > MOST_LOGO_BYTES:
        raise BadBrand(f"{path.name}: logo: {logo} is no PNG of at most {MOST_LOGO_BYTES} bytes")
    return brand.model_copy(update={"logo": whole})


def _luminance(colour: str) -> float:
    """Relative luminance, as WCAG defines it."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _lighter(colour: str) -> str:
    channels = [int(colour[place : place + 2], 16) for place in (1, 3, 5)]
    return "#" + "".join(f"{min(255, each + max(4, (255 - each) // 8)):02x}" for each in channels)
