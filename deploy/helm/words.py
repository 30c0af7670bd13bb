"""The words in which the schema of the values is written: each key a type, a limit and a sentence."""

from typing import Any

Schema = dict[str, Any]

DNS_LABEL = r"^[a-z0-9]([a-z0-9-]{0,51}[a-z0-9])?$"
DNS_NAME = r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$"
HOST = r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$"
IMAGE = r"^[a-z0-9]([a-z0-9._/:-]*[a-z0-9])?$"
VERSION = r"^[A-Za-z0-9_.-]{0,100}[0-9][A-Za-z0-9_.-]{0,27}$"
LABEL_KEY = r"^[A-Za-z0-9]([A-Za-z0-9./_-]*[A-Za-z0-9])?$"
QUANTITY = r"^[0-9]+(\.[0-9]+)?(m|Ki|Mi|Gi|Ti)?$"
CIDR = r"^[0-9a-f.:]+/([1-9][0-9]{0,2})$"


def text(what: str, pattern: str) -> Schema:
    """A line of that form."""
    return {"type": "string", "description": what, "pattern": pattern}


def flag(what: str) -> Schema:
    """Yes or no."""
    return {"type": "boolean", "description": what}


def whole(what: str, least: int, most: int) -> Schema:
    """A whole number between two, both allowed."""
    return {"type": "integer", "description": what, "minimum": least, "maximum": most}


def choice(what: str, *words: str) -> Schema:
    """One of these."""
    return {"type": "string", "description": what, "enum": list(words)}


def listed(what: str, item: Schema, *, least: int = 0) -> Schema:
    """Any number of the same."""
    return {"type": "array", "description": what, "items": item, "minItems": least}


def named(what: str, names: str, value: Schema, *, least: int = 0) -> Schema:
    """Values by names of that form."""
    return {
        "type": "object",
        "description": what,
        "patternProperties": {names: value},
        "additionalProperties": False,
        "minProperties": least,
    }


def part(what: str, /, **keys: Schema) -> Schema:
    """A group of keys: each has to be there, and no other may be."""
    return {**free_part(what, **keys), "required": list(keys)}


def free_part(what: str, /, **keys: Schema) -> Schema:
    """A group of keys, each of which may be left out; no other may be."""
    return {"type": "object", "description": what, "additionalProperties": False, "properties": keys}
