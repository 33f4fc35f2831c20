"""The single checks that a proof is made of, for those who watch it."""

from dataclasses import dataclass
from typing import Literal, get_args

from tenantlink_contracts.values import Check, CheckState

CheckName = Literal["sign_in", "tenant", "application", "permissions", "expiry"]
_ORDER: tuple[CheckName, ...] = get_args(CheckName)


@dataclass
class Checks:
    """Which check is made now. The prover moves it on; whoever tells of it looks at it."""

    current: CheckName = "sign_in"

    def begin(self, name: CheckName) -> None:
        """The checks before it are done."""
        self.current = name

    def told(self, state: CheckState) -> tuple[Check, ...]:
        """All checks, the present one in a state."""
        place = _ORDER.index(self.current)
        states = [CheckState.DONE] * place + [state] + [CheckState.OPEN] * len(_ORDER)
        return tuple(
            Check(name=name, state=each) for name, each in zip(_ORDER, states, strict=False)
        )
