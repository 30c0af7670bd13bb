NAME = "demo"


def run() -> None:
    """x"""
