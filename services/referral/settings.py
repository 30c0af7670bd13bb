"""What differs between one deployment of the referral service and another."""

from pydantic import Field

from services.chassis.settings import Settings


class ReferralSettings(Settings):
    """All have defaults; the shared ones are in the chassis."""

    directory_sweep_seconds: float = Field(default=1.0, gt=0)
