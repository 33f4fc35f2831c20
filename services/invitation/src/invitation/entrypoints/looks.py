"""The provider's brand on the pages: name, colour, logo, and whom to ask.

The colour is a style sheet of its own, because the pages allow no style in the page itself.
"""

from email.utils import parseaddr
from typing import Any

from flask import Blueprint, Flask, Response, abort, url_for

from invitation.entrypoints import languages, visits
from tenantlink_runtime.brands import DEFAULT, Brand, Brands


def register(app: Flask, brands: Brands, session_minutes: int) -> None:
    """What every page knows, and the files of every brand."""
    app.context_processor(lambda: _shown(brands) | {"session_minutes": session_minutes})
    app.register_blueprint(_files(brands))


def _shown(brands: Brands) -> dict[str, Any]:
    """The order's brand and language; on pages for strangers the default's, and the browser's."""
    round_ = visits.shown_round()
    key = round_.brand if round_ is not None and round_.brand in brands.named else DEFAULT
    brand = brands.find(key)
    return {
        "brand": brand.name,
        "look": brand,
        "brand_key": key,
        "logo": url_for("brand.logo", key=key) if brand.logo_png else None,
        "support": parseaddr(brand.support or ""),
        "language": visits.language(),
        "languages": languages.NAMES,
    }


def _files(brands: Brands) -> Blueprint:
    pages = Blueprint("brand", __name__, url_prefix="/static/brand")

    def of(key: str) -> Brand:
        if key != DEFAULT and key not in brands.named:
            abort(404)
        return brands.find(key)

    @pages.get("/<key>.css")
    def css(key: str) -> Response:
        return Response(f":root {{ --accent: {of(key).colour}; }}\n", mimetype="text/css")

    @pages.get("/<key>.png")
    def logo(key: str) -> Response:
        content = of(key).logo_png
        if content is None:
            abort(404)
        return Response(content, mimetype="image/png")

    return pages
