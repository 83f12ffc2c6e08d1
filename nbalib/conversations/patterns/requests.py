"""What an agent asks the customer for, and what an agent promises: each one word of a fixed list.

Of several, the first in the order below is taken: what is rarer and more exact stands first.
The words are ours; they were read against real messages and mended, not learned from them.
"""

from __future__ import annotations

from nbalib.conversations.patterns.phrases import FEW, REST, Pattern, expression, spaced

_ASK = (
    r"(?:dm|dm'?ing|pm|direct message|private message|send(?:ing)?|provid(?:e|ing)|shar(?:e|ing)"
    r"|confirm(?:ing)?|verify(?:ing)?"
    r"|includ(?:e|ing)|tell(?:ing)? (?:us|me)|let(?:ting)? (?:us|me) know|giv(?:e|ing) (?:us|me)|do you have"
    r"|have you got"
    r"|(?:we|i)(?:'ll| will|'d| would)? need|(?:may|can|could) (?:we|i) (?:please )?(?:have|get)|reply with"
    r"|respond with"
    r"|pop|shoot|drop|fire over|mention|what|what's|which|clarify(?:ing)?|submit|elaborate|indicar\w*"
    r"|confirmar\w*|decir\w*)"
)
_TAKEN = r"(?:done|tried|taken|performed|attempted|completed|gone through|followed)"
_TRY = (
    r"(?:tr(?:y|ied)|attempt\w*|restart\w*|reboot\w*|reset|reinstall\w*|updat\w*|clear\w*|contact\w*|call\w*"
    r"|report\w*"
    r"|reach\w*|spoken|speak|spoke|chat\w*|check\w*|uninstall\w*|been in contact|managed)"
)

_NOUNS: dict[str, tuple[str, ...]] = {
    "flight_details": (
        r"conf(?:irmation|irm)? ?(?:code|number|no\b|#)|record locator|booking (?:ref|number|code|details)",
        r"pnr\b|(?:flight|ticket|train|journey|travel) (?:number|details|info|no\b|#|dates?\b)",
        r"reservation (?:code|number|details)|ktn\b",
    ),
    "tracking_number": (r"tracking (?:number|no\b|id\b|#|code)|tracking ?#|track ?#|1z\b|awb\b",),
    "order_number": (
        r"order (?:number|no\b|#|id\b|ref|confirmation|details)|order ?#",
        r"(?:receipt|invoice|transaction) (?:number|no\b|id\b|code)",
        r"(?:case|ticket|reference|ref|claim|service request|complaint|incident) (?:number|no\b|id\b|#|code"
        "|reference)",
        "numero de (?:pedido|orden|commande)|numero de commande|bestellnummer",
    ),
    "phone_number": (
        "(?:phone|mobile|telephone|cell|contact|affected|call ?back|wireless|alternate|daytime|idea"
        r"|line) (?:phone )?(?:number|no\b|#)",
        "phone ?#|contact (?:info|details)|number (?:to|we can) (?:call|reach|contact)|your number",
    ),
    "email_address": (
        r"e-?mail (?:address|id\b|addy|associated|on\b|linked|registered|and\b|or\b|&|via\b|so\b|please)",
        r"e-?mail[,/?]|(?:account'?s?|your|paypal|\w+plus) e-?mail\b|name,? (?:and |& )?e-?mail\b",
        r"& e-?mail\b|and e-?mail\b",
    ),
    "account_details": (
        r"account (?:number|no\b|#|details|info|name|id\b)|user ?name|user ?id\b|gamer ?tag|psn id|online id",
        r"full name|dob\b",
        "(?:member(?:ship)?|customer|card|skymiles|rapid rewards|executive club|loyalty|rewards"
        r"|frequent flyer|policy) (?:id\b|number|no\b|#|card number)",
        r"your (?:\w+ )?name\b|name (?:and|&)|date of birth|account (?:you|linked)",
    ),
    "software_version": (
        r"(?:ios|os|software|app|windows|firmware|android|macos|browser|spotify)(?:/\w+)* versions?",
        r"version (?:of|number)|(?:which|what|exact|current) (?:\w+ )?(?:version|ios\b)|operating system",
        "versions? (?:you|are|is)|and version",
    ),
    "device_model": (
        r"(?:exact|iphone|ipad|phone|device) model|model (?:number|of\b|no\b)|make(?: and |/|, | & )model",
        r"serial number|imei\b|your (?:device|model)\b|device(?:'s)? (?:make|model|and\b|you|type)|device/os",
        "model iphone|kind of device",
    ),
    "screenshot": (
        r"screen ?(?:shot|cap|grab)|photos?\b|pictures?\b|pics?\b|images?\b|snapshot|bar ?code|batch code",
    ),
    "error_message": (r"error (?:message|code)|the errors?\b",),
    "location": (
        r"zip(?: ?code)?\b|post ?code|postal code",
        r"(?:service|street|home|full|delivery|shipping|billing|postal|your|the) address|location\b|\bcity\b",
        r"pin ?code|country\b|marketplace|(?:specific|store|branch|exact) (?:store|name|location)",
        "which store",
    ),
    "date": (
        "(?:what|which) (?:date|day|time)|when (?:you visited|this was|it was|did you visit)",
        "dates? (?:of|you|and)|la fecha",
    ),
    "description": (
        "(?:more|further|additional|some|any|your|specific|exact|full|these|those|with"
        r"|required) (?:\w+ )?(?:detail|info\b|information|specifics|context)",
        r"details|what(?:'s| is| was|\S*)? (?:\w+ )?(?:happen|going on|wrong)|what you(?:'re| are| were)",
        r"(?:your|the|exact) (?:\w+ )?(?:concern|issue|query|queries|problem|situation)|(?:more|bit) about",
        "elaborate|lo (?:sucedido|ocurrido)|que (?:sucede|paso|ocurre)|mas informacion",
    ),
}
_QUESTIONS: dict[str, tuple[str, ...]] = {
    "tried_steps": (
        rf"(?:have|had|did) (?:you|your) (?:\w+ )?{_TRY}",
        rf"(?:what|which|any) {FEW}(?:troubleshooting|steps){REST} {_TAKEN}",
        "does (?:restarting|rebooting|logging|turning|using|playing)",
        r"what (?:options?|info)(?:/\w+)? (?:did|were|have|has)",
    ),
    "flight_details": ("(?:which|what) (?:flight|train|service|route)",),
    "software_version": ("(?:which|what) (?:exact |specific )?(?:ios|os|version|operating system)",),
    "device_model": (
        r"(?:what|which) (?:\w+ ){0,2}(?:device|phone|iphone|ipad|mac|model|handset|computer|printer|tv"
        "|router|modem|console|platform|browser|product)",
    ),
    "error_message": (r"(?:what|any|which|receiving an|getting an|see an) (?:\w+ )?error",),
    "location": (
        r"(?:which|what) (?:\w+ )?(?:store|branch|restaurant|shop|station|atm|airport|area|state|city"
        "|country|location)",
    ),
    "description": (
        r"what(?:'s| is| was| has| seems)? (?:\w+ ){0,2}(?:happen\w*|going on|wrong|the (?:issue|problem"
        "|matter|trouble))",
        r"what (?:\w+ )?(?:issues?|problems?|trouble|concerns?) (?:are|is|do|did|have|you)|what went wrong",
        "how long (?:has|have)|when did (?:this|it|you)",
        r"does (?:this|the|it) (?:\w+ )?(?:issue|happen|occur|problem)|(?:is|are) (?:this|it|they) happening",
        r"did (?:this|it) (?:\w+ )?(?:start|happen|begin)",
        "(?:can|could) you (?:clarify|elaborate|describe|explain|tell (?:us|me) more)",
        "what (?:can|may) (?:we|i) (?:do|help)|how (?:can|may) (?:we|i) (?:help|assist)|contarnos",
        "konntest du .*beschreiben",
    ),
}


def _asking(word: str) -> str:
    """Give the expression that asks for what `word` names."""
    ways = [rf"\b(?:{question})" for question in _QUESTIONS.get(word, ())]
    ways += [rf"\b{_ASK}\b[^.?!]*\b(?:{noun})" for noun in _NOUNS.get(word, ())]
    return spaced("|".join(ways))


ASKED_FOR: dict[str, str] = {word: _asking(word) for word in ("tried_steps", *_NOUNS)}
"""Word → expression over an agent's text, in the order in which they are tried."""

NOT_TO_BE_SENT = expression(
    (
        "(?:do not|don'?t|never|avoid|refrain from|without|not to|delete|remove"
        r"|removing) (?:\w+ )?(?:provid\w*|shar\w*|post\w*|includ\w*|send\w*|giv\w*|releas\w*|publish\w*"
        r"|disclos\w*|mention\w*|your|this tweet|the tweet|the \w+)[^.!?]*",
        "no (?:personal|account|card|acct)[^.!?]*",
        r"(?:for|find|see|get|view|visit|learn|here'?s|here is|have|are|read) (?:\w+ )?(?:more|additional"
        r"|further|some|any) (?:info\w*|details)[^.!?]*",
        "(?:so|and|&|then) (?:that )?(?:we|i)(?:'ll| can| could| may| will| are able)[^.!?]*",
        r"(?:look|looked|looking) into[^.!?]*|(?:received|got|have|see) (?:\w+ )?your[^.!?]*",
        "(?:thanks|thank you) for[^.!?]*|(?:let|letting) (?:us|me) know (?:if|whether|how it)[^.!?]*",
    )
)
"""What is taken out before: details that are *not* wanted, or that are there already."""

ASKS_INFORMATION = Pattern(
    "asks_information",
    "Asks for something specific: a number, a model, a place, what happened",
    "agent",
    phrases=(
        "(?:could|can|would|will) you (?:please |also |kindly )?(?:tell|provide|share|confirm|send|clarify"
        "|give|verify|elaborate|describe|explain|let (?:us|me) know)",
        "(?:please|kindly|pls) (?:tell|provide|share|confirm|clarify|verify|elaborate|describe)",
        "what (?:is|kind|type|sort|exactly|specific|issues?|problems?|error|device|model|version|store"
        "|time|date|seems)",
        "what's (?:your|the|going|happening|wrong)",
        r"which (?:\w+ )?(?:are you|is it|do you|did you|you(?:'re)?|store|device|model|version|one of)",
        "how (?:many|long|often)|when did|where (?:are|is|did|do) (?:you|this|the)",
        "(?:may|can|could) (?:we|i) (?:please )?(?:have|get|ask)",
        "mind (?:sharing|telling|sending|letting|giving)",
        r"(?:puede|podria|puedes|podrias|nos|me) (?:indicar\w*|decir\w*|brindar\w*|comentari\w*"
        r"|confirmar\w*|proporcionar\w*|explicar\w*)",
        "cual (?:es|fue)",
        "(?:pouvez|pourriez)[ -]vous (?:nous |me )?(?:indiquer|communiquer|donner|preciser|dire)|communiquer",
        "quel(?:le)? (?:est|etait)|konn(?:t|en|test) (?:ihr|sie|du) (?:uns|mir) |welche[rsn]? ",
        "poderia (?:nos )?(?:informar|confirmar|dizer|enviar)|qual (?:e|foi|o|a)",
    ),
    unless=("how can (?:we|i) help|what can (?:we|i) do",),
)

_WE = (
    r"(?:we|i|our \w+|our \w+ team|the \w+|a \w+|someone|they|team|a member of (?:our|my|the) team"
    r"|a specialist|specialist)"
)
_WILL = r"(?:'ll|ll| will| shall|'m going to| are going to|'re going to| is going to| should)"
_HAVE = r"(?:'ve| have|'s| has)?(?: just| also| already| now)?"
_BE = r"(?:'re|'m| are| am| is)(?: currently| still| already| now)?"

PROMISED: dict[str, str] = {
    "refund": expression(
        (
            rf"{_WE}{_WILL} (?:\w+ ){{0,3}}(?:refund|credit|reimburse)",
            rf"(?:you|you'll|you will)(?: {FEW})?(?:receive|get|see) (?:\w+ ){{0,3}}(?:refund|credit"
            "|cash ?back)",
            rf"(?:refund|credit) (?:{FEW})?(?:will|has been|is being|should) (?:\w+ ){{0,2}}(?:be|processed"
            "|issued|initiated|credited|sent|reflect)",
            rf"(?:we|i){_HAVE} (?:refunded|credited|issued|processed|initiated|added)",
        )
    ),
    "replacement": expression(
        (
            rf"{_WE}{_WILL} (?:\w+ ){{0,3}}(?:replace|reship|exchange)",
            rf"(?:send|sending|shipping|ship|arrange|arranged|order(?:ed)?) (?:{FEW})?(?:a "
            "|the )?replacement",
        )
    ),
    "call_back": expression(
        (
            rf"{_WE}{_WILL} (?:\w+ ){{0,6}}(?:call you|phone you|ring you|give you a (?:call|ring)"
            "|contact you|be in (?:touch|contact)|get in (?:touch|contact)|get back|reach out|follow up"
            r"|connect with you|write to you|email you|revert|respond|reply|correspond\w*|come back"
            "|touch base)",
            "(?:be|get(?:ting)?) (?:back )?in (?:touch|contact) (?:with you )?(?:soon|shortly|asap|within"
            "|directly|as soon)",
            "(?:hear|hearing) (?:back )?from (?:us|them|our|the)",
            r"(?:will|shall) (?:be )?(?:contact|call|reach|get back|respond|reply|follow up)\w*",
            rf"{_WE}{_BE} (?:calling|contacting|replying|responding|following up)",
        )
    ),
    "update": expression(
        (
            rf"{_WE}{_WILL} (?:\w+ ){{0,3}}(?:update you|keep you (?:posted|updated|informed|in the loop)"
            "|let you know|share (?:any|more|an|updates)|provide an update|post|announce|notify"
            "|inform you)",
            "(?:keep|keeping) you (?:posted|updated|informed|in the loop)",
            "you(?:'ll| will| shall| should) (?:be (?:updated|notified|informed|contacted)"
            "|receive (?:an )?(?:update|email|correspondence|communication|response)|hear|get an (?:update"
            "|email))",
            "stay tuned",
        )
    ),
    "pass_on": expression(
        (
            rf"(?:we|i)(?:{_WILL}|{_HAVE}| would like to|'d like to|'re|'m)? (?:\w+ ){{0,4}}(?:pass(?:ed"
            "|ing)?|forward(?:ed|ing)?|relay(?:ed|ing)?|feed|fed|feeding|shar(?:e|ed|ing)|report(?:ed"
            "|ing)?|escalat(?:e|ed|ing)|send|log(?:ged)?|raise[d]?|submit(?:ted)?|highlight(?:ed)?"
            r"|document(?:ed)?|record(?:ed)?|flag(?:ged)?|note[d]?) (?:\S+ ){0,6}(?:on|along|onto|to|back"
            "|up|with|internally|team|teams|department|feedback|management|devs|folks|comments|concern)",
            r"(?:will|has been|have been|is being|be|been) (?:\w+ )?(?:passed|forwarded|relayed|escalated"
            "|fed back|reported|logged|raised|sent to the)",
            r"get (?:this|it|that) (?:reported|passed on|logged|raised|flagged)|share (?:the|your) interest",
            r"let (?:the|our) (?:\w+ )?(?:team|devs|folks|developers|people|guys|right folks|store"
            "|crew) know",
            r"pass(?:ed|ing)? (?:this|that|it|your \w+|the \w+|along)",
        )
    ),
    "fix": expression(
        (
            rf"{_WE}{_BE} (?:\w+ ){{0,3}}working (?:\w+ ){{0,2}}(?:on|hard|towards?)",
            "working (?:on (?:it|this|a|the|that|fixing|getting)|to (?:fix|resolve|restore|get)|hard"
            "|diligently|quickly)",
            rf"{_WE}{_WILL} (?:\w+ ){{0,2}}(?:fix|resolve|sort|restore|rectify|get (?:this|it"
            "|that) (?:sorted|fixed|resolved))",
            r"(?:should|will) (?:be |have )(?:\w+ ){0,2}(?:fixed|resolved|restored|sorted|back (?:up"
            "|to normal|online))",
            "fix (?:is )?(?:soon|coming|on the way|in the works)",
            "get (?:this|it|that) (?:fixed|sorted|resolved)",
        )
    ),
    "look_into": expression(
        (
            rf"{_WE}{_WILL} (?:\w+ ){{0,3}}(?:look|check|investigate|take a (?:\w+ )?look|review|see what"
            "|find out|research|dig|get (?:this|it) (?:checked|looked)|monitor|follow this)",
            rf"{_WE}{_BE} (?:\w+ ){{0,2}}(?:looking|checking|investigating|reviewing|researching|taking a"
            "|monitoring)",
            r"let (?:me|us) (?:\w+ ){0,2}(?:look|check|investigate|take a|see|review|find|do some|dig)",
            "(?:looking|check(?:ing)?) into (?:this|it|that|the|your|making|adding|getting|fixing)",
            rf"{_WE}(?:'re| are| is|'s) (?:\w+ ){{0,2}}aware (?:and|of)",
            "being (?:looked|investigated|reviewed|checked)|under (?:review|investigation)",
        )
    ),
}
"""Word → expression over an agent's text, in the order in which they are tried."""

_ACT = (
    r"(?:fill|share|submit|contact|reach|report|provide|use|click|write|call|ring|dm|send|follow|revert"
    r"|respond|reply|drop"
    r"|get in touch|confirm|elaborate|tell|let|give|advise|verify|check|visit|escalate|message|pop|inbox)"
)

CALLS_TO_ACT = expression(
    (
        rf"(?:please|pls|plz|kindly|can you|could you|request you to|would you) (?:\w+ )?{_ACT}",
        "(?:dm|message|inbox) (?:us|me|your|the)|(?:send|drop|shoot|give|tell) (?:us|me)",
    )
)
"""Where an agent asks the customer to act, what is promised hangs on that."""

ONLY_IF = expression(
    (
        "(?:if|once|when|after|as soon as|unless) (?:you|we|i|they)[^.!?]*|so (?:that )?(?:we|i) can[^.!?]*",
        "(?:we|i)(?:'d| would) (?:like|love|be happy|be glad) to[^.!?]*|happy to[^.!?]*",
        "look(?:ing)? forward[^.!?]*",
    )
)
"""What is taken out before: promises under a condition, and mere readiness."""
