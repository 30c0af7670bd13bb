"""Settings of the review service."""

from services.chassis.settings import Settings


class ReviewSettings(Settings):
    """What differs between one deployment of the review service and another.

    ``missing_docs_resume_at_r4`` lets a result that the fourth round returned for missing documents come back
    there; without it every return of that round means all rounds again (domain.md 16.4).
    """

    missing_docs_resume_at_r4: bool = False
    sealing_suite: str = "A1"
