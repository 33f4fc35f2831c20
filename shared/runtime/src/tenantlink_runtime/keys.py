"""Makes the key files of an installation. Only `tenantlink keys generate` calls this."""

import json
import secrets
from pathlib import Path
from typing import Any

from joserfc.jwk import OctKey, OKPKey

from tenantlink_contracts import names


def generate(folder: Path) -> list[Path]:
    """Write all key files (mode 0600) into a folder; those that exist already are kept."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    pairs = {service: _sealing_pair(service) for service in names.SERVICES}
    files = {
        "public.jwks.json": _jwks(public for _, public in pairs.values()),
        **{f"{name}.sealing.jwks.json": _jwks([private]) for name, (private, _) in pairs.items()},
        "credential-validator.store.jwks.json": _jwks([_symmetric("store")]),
        "invitation.link.jwks.json": _jwks([_symmetric("link")]),
        "invitation.session.key": secrets.token_urlsafe(48),
        "onboarding.session.key": secrets.token_urlsafe(48),
    }
    if (folder / "public.jwks.json").exists():
        return []
    return [_write(folder / name, text) for name, text in files.items()]


def _sealing_pair(service: str) -> tuple[dict[str, Any], dict[str, Any]]:
    key = OKPKey.generate_key("X25519", parameters={"use": "enc"})
    kid = f"{service}.{key.thumbprint()[:12]}"
    return {**key.as_dict(private=True), "kid": kid}, {**key.as_dict(private=False), "kid": kid}


def _symmetric(name: str) -> dict[str, Any]:
    key = OctKey.generate_key(256)
    return {**key.as_dict(private=True), "kid": f"{name}.{key.thumbprint()[:12]}"}


def _jwks(keys: Any) -> str:
    return json.dumps({"keys": list(keys)}, indent=1)


def _write(path: Path, text: str) -> Path:
    path.touch(mode=0o600)
    path.write_text(text)
    return path
