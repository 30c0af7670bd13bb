"""Settings of the console."""

from pathlib import Path

from pydantic import Field, Json

from services.chassis.settings import Settings


class ConsoleSettings(Settings):
    """Where the services answer, and what signs the tokens of those who are logged in.

    ``operations_urls`` is JSON: where each process shows its health and metrics, by its name, as in
    ``{"intake-api": "http://127.0.0.1:9101"}``. ``secure_cookies`` belongs to every deployment that is
    reached over TLS; without it the console serves the loopback only.
    ``synthetic`` says on every page that organs and people are invented; a real installation switches it off.
    """

    intake_url: str
    referral_url: str
    review_url: str
    reception_url: str
    analytics_url: str
    staff_key_file: Path
    staff_key_id: str = "local"
    operations_urls: Json[dict[str, str]] = Field(default_factory=dict)
    secure_cookies: bool = False
    idle_seconds: int = Field(default=1800, ge=60, le=1800)
    call_timeout_seconds: float = Field(default=3.0, gt=0)
    synthetic: bool = True
    live_seconds: int = Field(default=2, ge=1, le=5)
