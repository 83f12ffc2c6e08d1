"""What either side may say: a question, and advertising.

The words are ours; they were read against real messages and mended, not learned from them.
"""

from __future__ import annotations

from nbalib.conversations.patterns.phrases import FEW, Pattern, spaced

_GREETING = (
    r"(?:hi|hey|hello|ok|okay|so|and|but|also|please|pls|well|yes|no|yeah|thanks|thank you|now)\W+(?:\w+\W+)?"
)
_OPENS = rf"(?:^|[.!,;:\n…-])\s*(?:{_GREETING})?"
"""Where a sentence, or a part of it, begins."""

_QUESTION_WORDS = (
    "how (?:do|does|can|could|long|much|many|come|is|are|to|would|should|about)",
    "why (?:is|are|do|does|did|can|can't|won't|am|was|were|has|have|haven't|isn't|aren't|don't|doesn't)",
    "why (?:didn't|would|the)|when (?:is|are|will|can|do|does|did|should)",
    "where (?:is|are|do|does|can|did|has)|what (?:is|are|do|does|can|time|should|about|happened|the)|what's",
    "where's|when's|how's|who (?:do|can|should|is)|which (?:one|is|are|of)|is (?:there|this|it|that|anyone)",
    "are (?:there|you|u|they)",
    "(?:can|could|would|will) (?:you|u|i|we|someone|somebody|anyone|anybody|it|they)|may (?:i|we)",
    "do (?:you|u|i|we|they)|does (?:it|this|that|anyone|the)|did (?:you|u|i|they)|have (?:you|u)",
    "has (?:anyone|this|it)|should (?:i|we)",
    "any (?:idea|ideas|update|updates|news|chance|eta|word|help|advice|suggestions)",
)

MARKED_QUESTION = Pattern(
    "is_question",
    "Asks something, with a question mark",
    "both",
    signs=(
        r"[?\x{FF1F}\x{061F}]",  # also the full-width and the Arabic one
        r"でしょうか|ますか[。\s]|ですか[。\s]|ますか$|ですか$",
    ),
)

OPEN_QUESTION = Pattern(
    "is_question",
    "Asks something, without a question mark",
    "customer",
    phrases=(
        "do you know|does anyone know|can you tell me|could you tell me",
        "wondering (?:if|when|why|how|what|whether)|please (?:advise|explain|tell me)|est-ce que|qu'est-ce",
        "let me know (?:if|when|how|why|what)|pourquoi|combien|comment (?:faire|puis|je)|warum|wieso|wann",
        "konnt ihr|kann ich|como (?:puedo|hago|faco|posso)",
    ),
    signs=(rf"{_OPENS}(?:{spaced('|'.join(_QUESTION_WORDS))})\b|¿",),
)

PROMOTION = Pattern(
    "is_promotion",
    "Advertises: a contest, an offer, something new",
    "both",
    phrases=(
        r"(?:rt|retweet|follow|share|like|reply|comment|tag)(?: and | & | \+ |, | us | this | below | with "
        r"| to ){1,3}(?:\S+ ){0,6}(?:win|enter|chance)",
        r"(?:chance|enter|entered|opportunity) (?:\w+ )?to win",
        rf"win (?:a|an|one of|your|tickets|big|£|\$) ?{FEW}(?:with|by|when|for|from|prize)|giveaways?",
        "sweepstakes?|prize draw|competition time",
        "(?:t&cs?|terms|ts&cs|t's & c's|conditions) (?:and conditions )?apply|no purchase necessary",
        "see rules|official rules|rules:|check out (?:our|the) (?:new|latest|brand new|all-new|full|range)",
        "(?:introducing|meet|say hello to|discover) (?:the|our) (?:all-new|new|latest|brand new)",
        "now available (?:in|at|on|for|nationwide|from)|available now|out now|coming soon|in stores? now",
        "on sale (?:now|today)|pre-?order (?:now|yours|today|it now)",
        "(?:shop|buy|book|order|sign up|register|download|subscribe|switch|upgrade|visit us|learn more"
        "|find out more|get yours|get it|get started|stream|watch) (?:now|today)(?: at| on| for|:|!)?",
        r"(?:get|save|enjoy|receive|take|up to|extra) (?:up to |an extra |an additional )?(?:£|\$|€"
        r"|rs\.?) ?\d+ ?(?:off|cash ?back|discount)",
        r"(?:get|save|enjoy|take|up to|extra) (?:up to |an extra |an additional |flat )?\d+ ?% ?(?:off"
        "|discount|cash ?back)?",
        "limited[- ]time (?:only|offer)|while (?:stocks?|supplies) last",
        "offer (?:ends|valid|expires|is valid)",
        r"use (?:the )?(?:promo |discount )?code [a-z]*\d*[a-z]+\d* (?:at|to|for|and)",
        "don'?t miss (?:out|this|your chance)",
        r"(?:only|just|from|for just|for only|starting at) (?:£|\$|€|rs\.?) ?\d[\d.,]* ?(?:a month|/mo"
        "|per month|each|at|in)",
        "free (?:shipping|delivery|gift|entry|trial) (?:on|with|when|for)|buy one get one|bogo|tune in",
        "join us (?:for|on|at|in|live)|live (?:stream|now) (?:on|at)|sponsored|brought to you by",
        "our new (?:range|collection|menu|app|store|service|flavou?r|product)|participa (?:y|en)",
        "gana (?:un|una|entradas)|concurso|sorteo|gewinnspiel|mitmachen|jeu concours|tentez de gagner",
    ),
    signs=(
        r"#(?:ad|sponsored|giveaway|contest|competition|sweepstakes|promo|promotion|win)\b|キャンペーン",
        "プレゼント(?:中|企画)|新発売|フォロー.*リツイート",
    ),
    unless=(
        r"(?:promo|discount|code|offer|coupon|voucher)s? (?:\w+ ){0,3}(?:doesn'?t|didn'?t|not|isn'?t"
        "|won'?t|never|expired|invalid)[^.!?]*",
        "(?:doesn'?t|didn'?t|not|isn'?t|won'?t|can'?t|never|no|why|supposed to|trying to|tried to|was told"
        "|should)[^.!?]*",
    ),
)
