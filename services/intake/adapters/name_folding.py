"""Folding of names and texts, so that one name has one form however it was written.

What was written stays as it is; the folded form serves only to compare. Guarantee rows 29 to 31: zero-width
characters, confusables, compatibility forms, 繁/简 and 异体字, full width, and the dots of minority names.
"""

import unicodedata
from functools import cache
from importlib.resources import files

DOTS = "·•・‧∙⋅●・｡.．。"
"""What is written between the parts of a minority's name; all become the first."""
CONFUSABLES = str.maketrans(
    {
        **dict.fromkeys(DOTS, "·"),
        **dict(zip("аеорсхуіјѕԁһкмтвнАЕОРСХУІЈЅКМТВН", "aeopcxyijsdhkmtbhaeopcxyijskmtbh", strict=True)),
        **dict(zip("αορνικτυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "aopviktuxabezhikmnoptyx", strict=True)),
        **dict(zip("峯羣邨甯脩喆淼堃昇陞鉅祕囯", "峰群村宁修哲淼坤升升巨秘国", strict=True)),
    }
)
"""Cyrillic and Greek letters that look Latin, and variant characters 异体字 common in names."""


@cache
def _simplified() -> dict[int, str]:
    """OpenCC's table from traditional to simplified characters, one by one: a phrase has no say in a name."""
    table = files("opencc").joinpath("dictionary", "TSCharacters.txt").read_text(encoding="utf-8")
    pairs = (line.split("\t") for line in table.splitlines() if "\t" in line)
    return {ord(old): new.split(" ")[0] for old, new in pairs if len(old) == 1}


@cache
def _unseen() -> dict[int, None]:
    """Characters that are not seen, or only above another, and white space of every kind."""
    return {
        code: None
        for code in range(0x110000)
        if unicodedata.category(c := chr(code)) in {"Cf", "Mn", "Cc", "Zs", "Zl", "Zp"} or c.isspace()
    }


def fold(text: str) -> str:
    """The form by which two writings of one name, post or unit are equal; empty when nothing is left."""
    plain = unicodedata.normalize("NFKC", text).translate(_unseen())
    simplified = plain.translate(CONFUSABLES).translate(_simplified())
    return unicodedata.normalize("NFKC", simplified).casefold()
