"""Take out of a text what must not leave the house: addresses, numbers, accounts.

In: what customers and agents wrote. Out: the same text with a neutral word in each such place.
Masking errs on the safe side: a run of five digits or more goes, unless it is plainly a date or a price.
Names of people inside a sentence are not found.
"""

from __future__ import annotations

import re
import unicodedata

EMAIL, PHONE, CARD, IBAN, NUMBER = "[email]", "[phone number]", "[card number]", "[IBAN]", "[number]"
LINK, USER = "[link]", "@user"

MASKED_AT_SOURCE = (("__email__", EMAIL), ("__credit_card__", CARD))
IBAN_COUNTRIES = {
    15: "NO",
    16: "BE",
    18: "DK|FI|NL",
    20: "AT|LU",
    21: "CH",
    22: "DE|GB|IE",
    23: "AE|IL",
    24: "CZ|ES|RO|SA|SE|SK",
    25: "PT",
    26: "TR",
    27: "FR|GR|IT",
    28: "HU|PL",
    29: "BR",
}
"""Characters of an IBAN, and the countries that have as many."""

INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
# Every repetition has a bound, so that no text, however hostile, takes long.
WEB = re.compile(
    r"\b(?:https?:/+|www\.)\S+"
    r"|(?<![\w@.-])(?:[\w-]{1,63}\.){1,8}(?:com|org|net|co|io|ly|gl|info|biz|uk|de|fr|es|br|jp)\b(?:/\S*)?",
    re.I,
)
ADDRESS = re.compile(r"[\w.+%'-]{1,64}(?:@|\s@\s)[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
SPELLED_ADDRESS = re.compile(
    r"[\w.+-]{1,64}\s{0,3}(?:[(\[]\s?at\s?[)\]]|\sat\s)\s{0,3}[\w-]{1,63}"
    r"(?:\s{0,3}(?:[(\[]\s?dot\s?[)\]]|\sdot\s)\s{0,3}[\w-]{1,63}){1,8}"
    r"|[\w.+-]{1,64}\s{0,3}[(\[]\s?at\s?[)\]]\s{0,3}[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}",
    re.I,
)
ACCOUNT = re.compile(r"@(\w+)")
BANK_ACCOUNT = re.compile(
    r"\b(?:"
    + "|".join(rf"(?:{c})\d\d(?:[ -]?[A-Z0-9]){{{n - 4}}}" for n, c in IBAN_COUNTRIES.items())
    + r")\b",
    re.I,
)
MIXED = re.compile(r"\b[A-Za-z0-9][A-Za-z0-9-]{7,}")
# Five digits or more, with up to three marks between two of them.
DIGITS = re.compile(r"[+(]{0,2}\d(?:[\s().\-/\u2013\u2014*\u00b7]{0,3}\d){4,}")
DATE = re.compile(r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2}))(?:\s+\d{1,2})?")
CURRENCY = re.compile(r"[$£€¥]\s?[\d.,]{0,9}$")
PRICE = re.compile(r"\d{1,9}(?:\.\d{1,2})?")
LINE = re.compile(r"\[(\d{4}-\d\d-\d\d \d\d:\d\d UTC)\] (Customer|Agent) .*?: (.*)", re.S)


def mask(text: str, *, brand: str | None = None) -> str:
    """Put a neutral word in place of each address, number and account.

    Parameters
    ----------
    text : str
        Anything that a person wrote.
    brand : str, optional
        The brand's own account, which stays; every other one becomes ``@user``.
    """
    text = INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    for word, neutral in MASKED_AT_SOURCE:
        text = text.replace(word, neutral)
    for pattern, neutral in ((ADDRESS, EMAIL), (SPELLED_ADDRESS, EMAIL), (WEB, LINK)):
        text = pattern.sub(neutral, text)
    text = ACCOUNT.sub(
        lambda found: found.group() if brand and found.group(1).casefold() == brand.casefold() else USER, text
    )
    text = BANK_ACCOUNT.sub(lambda found: IBAN if is_iban(found.group()) else found.group(), text)
    return MIXED.sub(_neutral_id, DIGITS.sub(_neutral_number, text))


def mask_chat_log(chat_log: str, *, brand: str | None = None) -> str:
    """Mask every line of a chat log, and take the accounts off its speakers.

    ``[2017-10-31 22:10 UTC] Customer 115712: …`` becomes ``[2017-10-31 22:10 UTC] Customer: …``.
    """
    # A customer's own line feeds stand as " / " in a chat log, so only ours part its lines.
    return "\n".join(_masked_line(line, brand) for line in chat_log.split("\n"))


def is_card(digits: str) -> bool:
    """Say whether a run of digits can be a payment card's number, by its check digit (Luhn)."""
    if not 13 <= len(digits) <= 19:
        return False
    doubled = [int(d) * (1 + place % 2) for place, d in enumerate(reversed(digits))]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def is_iban(written: str) -> bool:
    """Say whether letters and digits are a bank account's number, by its check digits (ISO 7064)."""
    compact = re.sub(r"[ -]", "", written).upper()
    return int("".join(str(int(sign, 36)) for sign in compact[4:] + compact[:4])) % 97 == 1


def _masked_line(line: str, brand: str | None) -> str:
    found = LINE.fullmatch(line)
    if not found:
        return mask(line, brand=brand)
    written_at, speaker, words = found.groups()
    return f"[{written_at}] {speaker}: {mask(words, brand=brand)}"


def _neutral_number(found: re.Match[str]) -> str:
    """Say what a run of digits is; a date or a price stays."""
    written = found.group()
    if DATE.fullmatch(written):
        return written
    if PRICE.fullmatch(written) and CURRENCY.search(found.string, max(found.start() - 12, 0), found.start()):
        return written
    digits = "".join(sign for sign in written if sign.isdigit())
    # A card's number may have its date or code behind it.
    if is_card(digits) or (len(digits) > 16 and digits[0] in "23456" and is_card(digits[:16])):
        return CARD
    return PHONE if 7 <= len(digits) <= 15 else NUMBER


def _neutral_id(found: re.Match[str]) -> str:
    """Mask a word of letters and at least four digits, such as what is left of a tracking number."""
    word = found.group()
    has_letter = any(sign.isalpha() for sign in word)
    is_id = has_letter and sum(sign.isdigit() for sign in word) >= 4
    return NUMBER if is_id and not DATE.fullmatch(word) else word
