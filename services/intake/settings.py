"""What differs between one deployment of the intake service and another."""

from pydantic import Field

from services.chassis.settings import Settings


class IntakeSettings(Settings):
    """The shared ones are in the chassis; the addresses carry no path."""

    vault_url: str = Field(description="Where the vault answers, as in http://127.0.0.1:8106")
    reception_url: str = Field(description="Where reception answers, as in http://127.0.0.1:8105")
    identity_sweep_seconds: float = Field(default=1.0, gt=0, description="Pause between looks at references")
    identity_grace_seconds: int = Field(
        default=86_400, ge=3_600, description="Age at which a reference that no report names is erased"
    )
    visit_sweep_seconds: float = Field(default=0.5, gt=0, description="Pause between looks at visits")
    exclusion_sweep_seconds: float = Field(
        default=1.0, gt=0, description="Pause between looks whether the directory or the day changed"
    )
