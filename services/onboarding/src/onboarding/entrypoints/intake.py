"""What upstream systems say, as the `work` process hears it."""

from typing import Any

from onboarding.domain.onboarding import Onboarding
from tenantlink_runtime.host import Injected
from tenantlink_runtime.intake import Spoken, take_in
from tenantlink_runtime.unit_of_work import UnitOfWork


class Intake:
    """Mixed into the service's nameko class."""

    intake: Any = Injected()

    @take_in
    def upstream_has_spoken(self, uow: UnitOfWork[Onboarding], spoken: Spoken) -> None:
        self.intake.run(uow, spoken.system, spoken.id, spoken.message)
