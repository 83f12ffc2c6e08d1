"""What an agent asks for to go on in private: a direct message, a call, an e-mail, a form.

The words are ours; they were read against real messages and mended, not learned from them.
"""

from __future__ import annotations

from nbalib.conversations.patterns.phrases import FEW, REST, WORD, Pattern
from nbalib.conversations.texts import LINK

_DM = r"(?:dm'?s?|d\.m\.|dm'?ing|pm'?s?|direct messag(?:es?|ing)|private messages?|(?:direct|private) msg)"
_MAIL = r"(?:e-?mail|__email__|[\w.+-]+@[\w.-]+\w)"
_NUMBER = (
    r"(?:\+?\d{1,3}[ .-])?(?:\(\+?\d{2,4}\) ?\d{2,4}[ .-]?\d{3,5}(?:[ .-]\d{3,4})?|\d{3}[ .-]\d{3}[ .-]\d{4}"
    r"|0\d{3,4} ?\d{3} ?\d{3,4}"
    r"|0\d{3} \d{6,7}|0[38]00 ?\d{3} ?\d{3,4}|1-\d{3}-[\w-]{7,}|\d{10,11})"
)

ASKS_DM = Pattern(
    "asks_dm",
    "Asks for a direct message, or moves the talk to a private channel",
    "agent",
    phrases=(
        rf"{_DM}|inbox (?:us|me|your)|message us|messag(?:e|ing) (?:us|me) (?:privately|directly)",
        rf"(?:send|share|provide) {FEW}privately|private (?:secured? )?(?:link|chat|channel|conversation)",
        "(?:check|see) your (?:inbox|messages)|in private",
        "(?:carry on|continue|keep) (?:chatting|talking|helping(?: out)?|this|(?:the"
        r"|our) conversation)(?: \w+)? (?:there|over there|privately|in private)",
        "mensajes? (?:directos?|privados?|internos?)|por (?:interno|privado|md|inbox)|un md",
        "messages? prives?|(?:en|par) (?:mp|prive)|un mp|private nachricht|(?:per|eine) (?:pn|dn)",
        "(?:direkt|privat)nachricht(?:en)?|messaggio (?:privato|diretto)",
        "mensage(?:m|ns) (?:diretas?|privadas?)|no privado|(?:chama|chame)(?: a gente)? n[oa] inbox",
    ),
    signs=("ダイレクトメッセージ",),
    unless=(
        rf"(?:thanks|thank you) (?:so much |very much )?for {FEW}{_DM}",
        rf"(?:as|once|when|after) (?:we|i) (?:receive|get|have) {FEW}{_DM}",
        "(?:received|receive|got|see|seen|saw|have|has|seeing|reviewing|reading|review|at|with) (?:your"
        rf"|that|the|his|her|this) (?:\w+ )?{_DM}(?: (?:and|&)[^.!?]*)?",
        r"(?:will|'ll|shall|be|am|are|i'm|we're) (?:\w+ )?(?:respond(?:ing)?|reply(?:ing)?"
        rf"|answer(?:ing)?) {FEW}{_DM}",
        rf"(?:i'll|we'll|i will|we will|let me|i'm going to|going to) (?:\w+ )?(?:{_DM}|(?:send|drop|shoot"
        rf"|fire|pop) {FEW}{_DM})",
        rf"(?:do not|don'?t|no need to|not|unable to|can'?t|cannot|didn'?t) (?:\w+ )?{_DM}|no {_DM}",
        r"(?:dis|this) pm|(?:until|till?|to|at|by|before|after|and|-|–|[\d:.]+) ?\d* ?p\.?m\.?",
    ),
)

ASKS_CALL = Pattern(
    "asks_call",
    "Asks the customer to call, or gives a telephone number",
    "agent",
    phrases=(
        rf"giv(?:e|es|ing) {FEW}(?:{WORD} )?a (?:\w+ )?(?:call|ring|buzz|bell)",
        "(?:call|phone|ring|dial|calling|ringing|phoning) (?:us|our|them|in|customer|guest|reservations"
        rf"|this number|{_NUMBER})",
        "(?:please|kindly|pls|you may|you can|you could|you'll need to|you need to|have to|and"
        "|or) (?:also )?(?:call|ring|dial)(?: (?:and|the|if|back|when|your|1|0|option)| us)?",
        "(?:call|phone|ring|dial|calling|telephone|contact|tel|number is|number:|numbers?|line|team|at"
        rf"|on)(?:: ?| |\()\(?{_NUMBER}",
        "(?:reach|contact|get in touch|connect|reach out|speak|talk|chat|support"
        rf"|help)(?: {WORD}){{0,5}} (?:by|via|over|through|on) (?:the )?(?:phone|call|telephone)",
        r"(?:by|via|through|over the|through the|via the) (?:\w+/)?(?:phone|call|telephone)",
        "(?:call|phone|chat)/(?:chat|call|phone)|(?:call|ring)(?: us)? or chat",
        "(?:phone|chat|ring) or (?:chat|phone|call)|call option|request(?:ing)? a (?:call ?back|phone call)",
        r"schedule a call|call me\W{1,3}(?:button|option)|return (?:my|our) call",
        "llam(?:anos|enos|ar|e|ame) (?:al|a|por)|appelez|par telephone|rufen sie|ruf uns|telefonisch",
        "ligue para",
    ),
    signs=("お電話(?:ください|にて|で)",),
    unless=(
        rf"(?:will|we'll|i'll|can we|can i|we can|shall|someone|to) {FEW}(?:call|phone|ring) (?:you|them)",
        "give you a[^.!?]*",
        r"(?:unable|not (?:be )?able|can'?t|cannot|don'?t|won'?t) (?:\w+ ){0,5}(?:call|phone|ring)[^.!?]*",
        r"(?:did|have|has|when|after|were) you (?:\w+ ){0,3}(?:call|called|phone|spoke|spoken"
        r"|chat\w*)[^.!?]*",
        "(?:they|people) call us|call us (?:that|names)",
        "(?:on|over|by|via) (?:the )?phone (?:with|earlier|yesterday|when)",
        rf"(?:dm|provide|send|share|confirm|verify) {REST}(?:phone|number)",
    ),
)

ASKS_EMAIL = Pattern(
    "asks_email",
    "Asks the customer to write an e-mail, or gives an e-mail address",
    "agent",
    phrases=(
        rf"e-?mail(?:ing)? (?:us|me|our|them|your {WORD} to|it to|this to|these to|the {WORD} to|details to"
        rf"|{_MAIL})",
        rf"(?:send|drop|shoot|fire|sending|dropping) (?:us |me |our {WORD} |them |over )*an e-?mail",
        rf"(?:send|forward|submit|share|provide) (?:{WORD} ){{0,8}}(?:to|at|via|by|through|over) (?:our "
        rf"|this |the following )?{_MAIL}",
        rf"(?:contact|reach|write|get in touch|reach out|connect|discuss)(?: {WORD}){{0,6}} (?:by|via"
        rf"|through|over|on|at|to|using) (?:our |this |an? |the )?{_MAIL}",
        "(?:reply|respond|write|revert|answer)(?: back)? (?:to|on|with|through|via"
        rf"|over)(?: {WORD}){{0,3}} (?:e-?mails?|correspondence)",
        "(?:write|writing)(?: back)? (?:in )?to (?:us|our|__email__)",
        r"(?:via|by) (?:\w+[,/]? ){0,3}(?:or |/ ?)e-?mail|(?:to|at|on|to:) __email__",
        rf"(?:escrib\w*|envi\w*|contest\w+|respond\w*)(?: {WORD}){{0,4}} (?:a |al |el )?(?:correo|__email__)",
        "un correo|(?:par|un) (?:e-?mail|mail|courriel)|per (?:e-?mail|mail)|(?:por|um) e-?mail",
    ),
    signs=(r"\b(?:at|to|via|on|:)\s+[\w.+-]+@[\w-]+\.[a-z]|メール(?:にて|で)(?:お問い合わせ|ご連絡)",),
    unless=(
        rf"(?:will|we'll|i'll|has|have|we've|i've|already|just) {FEW}(?:sen[dt]|reply|repl\w+|respond\w*"
        rf"|receive\w*|contact\w*|follow\w* up) {FEW}(?:{WORD} )?{_MAIL}",
        rf"(?:unable to|can'?t|cannot|not able to|don'?t) {FEW}(?:contact|reach|e-?mail|reply)[^.!?]*",
        rf"refund {FEW}by {REST}e-?mail",
        r"(?:dm|message)(?: [\w',&/]+){0,8} (?:your|an?|the|and|&) (?:[\w']+ )?e-?mail(?: address)?",
    ),
)

_THERE = (
    rf"{REST}(?:(?:here|link|below)[.!])?\s*{LINK[:-1]}"  # a phrase ends at a word's edge: before the sign
)
_TEAM = (
    r"(?:teams?|agents?|support|staff|services?|colleagues?|department|desk|folks|experts?|specialists?|office"
    r"|relations|line)"
)
_US = rf"(?:us|me|them|my colleagues|(?:our|my|the|a|an|customer) (?:[\w'/-]+ ){{0,4}}{_TEAM})\b"
_MATTER = (
    r"(?:details?|info|information|feedback|experience|concerns?|complaint|request|comments|suggestions"
    r"|query)\b"
)

ASKS_FORM = Pattern(
    "asks_form",
    "Asks the customer to go on by a web form or a contact page",
    "agent",
    phrases=(
        rf"(?:send|drop|shoot|leave) (?:{_US} )?an? (?:\w+ )?(?:note|message|line|request)\b{_THERE}",
        "(?:contact|contacting|message|reach|reach(?:ing)? (?:back )?out(?: directly)? to|chat (?:to|with)"
        "|connect with|get(?:ting)? (?:back )?in touch(?: directly)? with|speak (?:to|with)|write (?:in )?to"
        rf"|follow up with) {_US}{_THERE}",
        rf"(?:reach out|get in touch|write in|chat in|contact(?:ing)? in|follow up) {_THERE}",
        "(?:provide|share|submit|leave|drop|enter|give|send|include|log|pass"
        rf"|fill (?:in|out|up)) (?:{WORD} ){{0,5}}{_MATTER}{_THERE}",
        rf"(?:tell|telling) (?:us|me) (?:more|about|what|everything)\b{_THERE}",
        rf"let {_US} know (?:here|at|via|through|by|using){_THERE}",
        rf"(?:report|make a report|do so|be reached) (?:this|it|that|the|your|here|at|via|24/7)\b{_THERE}",
        "(?:fill|filling|complete|completing|submit|submitting|use|using) (?:in |out |up "
        rf")?(?:{WORD} ){{0,3}}forms?",
        r"(?:contact(?:anos|enos|a con|ez)|escrib(?:anos|enos)|comunic\w+|mandarnos los detalles|ecrivez"
        rf"|entre em contato|kontaktier\w*){_THERE}",
    ),
    signs=(
        rf"{LINK}\s+to\s+(?:contact|reach|send|get in touch|chat|write|speak|connect|submit|share|report)\b",
        rf"(?:お問い合わせ|お知らせ|ご連絡|ご報告|フォーム)[^<]{{0,20}}{LINK}",
    ),
    unless=(
        "(?:have|had|did|were|when|after) you (?:\\w+ ){0,4}(?:contacted|contacting|reached|reaching|reported"
        rf"|reporting|to (?:contact|reach|report|get in touch)){REST}|did you (?:contact|reach|report){REST}",
        "if (?:no change|not|needed|(?:you|it|this|that|the|your|there|any)(?:'re| are| is)? (?:\\w+ "
        "){0,2}(?:still|ever|need|any|further|more|continues?|persists?|happens|can'?t|isn'?t|doesn'?t"
        f"|does not)){REST}",
        "(?:we|i|they|someone|(?:our|my|the|a) (?:\\w+ )?(?:team|member|agent))(?:'ll| will| can| may| could"
        "| have|'ve) (?:\\w+ )?(?:contact|reach|connect|get in touch|share|provide|send|report|follow up)",
        rf"(?:community|forums?){REST}",
    ),
)
