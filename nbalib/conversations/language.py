"""The language that a text is written in.

In: `Texts.plain` of `texts.take_apart`, in lower case. Out: ISO 639-1 codes; null where a text has no words.

Three steps, each for what the one before leaves open. Kana are Japanese. Two English function words are
English. The rest goes to py3langid, with a strong leaning to English: most support texts are, and very
short ones ("Done", "iPhone 7") fit a dozen languages equally.
"""

from __future__ import annotations

from functools import cache

import pyarrow as pa
import pyarrow.compute as pc
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from nbalib.conversations.patterns.phrases import spaced
from nbalib.conversations.rows import put_where
from nbalib.conversations.texts import LINK

LANGUAGES = (
    *("ar", "bg", "bn", "ca", "cs", "da", "de", "el", "en", "es", "fa", "fi", "fr", "he", "hi", "hr", "hu"),
    *("id", "it", "ja", "ko", "ms", "nl", "no", "pl", "pt", "ro", "ru", "sk", "sr", "sv", "sw", "ta", "te"),
    *("th", "tl", "tr", "uk", "ur", "vi", "zh"),
)
"""What py3langid chooses from: languages in which people write to support, by the size of their web."""

SURE = 0.35
"""Share of probability from which another language than English is believed …"""
AHEAD = 15.0
"""… if it is also this many times as probable as English."""

_READ_AT_MOST = 1_000  # letters: more do not change the answer

_ENGLISH_ONLY = (
    "(?:the|and|you|your|yours|you're|this|that|that's|these|those|with|have|has|had|what|how|they|them|would|could"
    "|should|please|thanks|thank|been|can't|don't|didn't|doesn't|won't|i'm|i've|i'll|it's|isn't|we're|we'll|we'd"
    "|not|our|sorry|when|there|just|get|got|from|know|let|still|need|any|same|why|because|where|which|who|again"
    "|about|their|working|works|work|going|give|does|did|was|were|already|after|before|never|always|something"
    "|anything|nothing|someone|hello|hey|sent|done|today|yesterday|tomorrow|great|good|love|back|more|want|some"
    "|people|new|days|week|weeks|hours|months|waiting|trying|tried|keep|keeps|only|very|really|much|here|then)"
)
_ENGLISH_TOO = (
    "(?:i|a|my|me|for|to|is|of|on|in|are|at|it|its|be|do|if|but|will|can|now|us|so|or|no|up|out|help|by|as|an|he|she"
    "|dm|via|hi|ok|time|day|order|account|service|phone|check|call|like|one|all|yes|team|follow|contact|happy)"
)
_TWO_ENGLISH = (
    rf"(?s)\b{_ENGLISH_ONLY}\b.*\s(?:{_ENGLISH_ONLY}|{_ENGLISH_TOO})\b"
    rf"|\b{_ENGLISH_TOO}\s.*\b{_ENGLISH_ONLY}\b"
)
_KANA = r"[\p{Hiragana}\p{Katakana}]"
_NOT_WORDS = rf"{LINK}|[#@]\w+|__\w+__|[^\pL\pM\s']+"
_TWO_LETTERS = r"\pL\PL*\pL"
_WELL_KNOWN = {
    "es": ("gracias", "hola", "por favor", "buenas (?:tardes|noches)", "buenos d[ií]as", "s[ií] claro"),
    "fr": ("merci(?: beaucoup)?", "bonjour", "bonsoir", "oui", "salut", "d'accord"),
    "de": ("danke(?: schön| sehr)?", "vielen dank", "hallo", "guten (?:tag|morgen|abend)", "bitte"),
    "pt": ("obrigad[oa]", "ol[aá]", "bom dia", "boa (?:tarde|noite)"),
    "it": ("grazie(?: mille)?", "ciao", "buongiorno", "buonasera"),
    "nl": ("bedankt", "dank je(?: wel)?", "dankjewel"),
}


def find_language(words: pa.StringArray) -> pa.StringArray:
    """Name the language of each text.

    Parameters
    ----------
    words : StringArray, shape (n,)
        Lower case, without accounts.
    """
    found = pa.nulls(len(words), pa.string())
    found = pc.if_else(pc.match_substring_regex(words, _TWO_ENGLISH), "en", found)
    found = pc.if_else(pc.match_substring_regex(words, _KANA), "ja", found)
    left = pc.is_null(found)
    letters = pc.utf8_slice_codeunits(words.filter(left), 0, _READ_AT_MOST)
    letters = pc.replace_substring_regex(letters, _NOT_WORDS, " ")
    enough = pc.match_substring_regex(letters, _TWO_LETTERS)
    guessed = _guess(pc.utf8_trim_whitespace(letters.filter(enough)))
    open_ones = pc.and_(left, put_where(left, left, enough))
    return put_where(found, open_ones, guessed)


def _guess(letters: pa.StringArray) -> pa.StringArray:
    """Guess the language of texts that have words; equal texts are guessed once."""
    encoded = letters.dictionary_encode()
    different = encoded.dictionary
    known = pa.nulls(len(different), pa.string())
    for code, phrases in _WELL_KNOWN.items():
        only = rf"^(?:{spaced('|'.join(phrases))})(?:\s+\S+)?$"
        known = pc.if_else(pc.match_substring_regex(different, only), code, known)
    # One word alone, in plain letters, fits too many languages: it is taken for English.
    alone = pc.and_(pc.string_is_ascii(different), pc.invert(pc.match_substring(different, " ")))
    known = pc.if_else(pc.and_(pc.is_null(known), alone), "en", known)
    asked = pc.is_null(known)
    answers = pa.array([_identify(one) for one in different.filter(asked).to_pylist()], pa.string())
    return put_where(known, asked, answers).take(encoded.indices)


def _identify(letters: str) -> str:
    """Ask py3langid; in Latin letters, a close race is taken for English."""
    identifier = _identifier()
    code, share = identifier.classify(letters)
    latin = any(letter.isascii() and letter.isalpha() for letter in letters)
    if code == "en" or not latin:
        return str(code)
    ahead = share >= SURE and share >= AHEAD * dict(identifier.rank(letters))["en"]
    return str(code) if ahead else "en"


@cache
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(LANGUAGES)
    return identifier
