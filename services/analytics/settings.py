"""Typed settings of analytics."""

from pydantic import Field

from services.chassis.settings import Settings


class AnalyticsSettings(Settings):
    """What differs between one deployment of analytics and another.

    ``live_generation`` above 1 lets the stream begin anew, with a group and changelog topics of that number.
    """

    batch_facts: int = Field(default=5000, ge=1, le=20_000)
    recompute_seconds: float = Field(default=21_600.0, gt=0)
    live_write_seconds: float = Field(default=1.0, gt=0)
    live_generation: int = Field(default=1, ge=1)
    stream_buffer: int = Field(default=256, ge=16, le=4096)
