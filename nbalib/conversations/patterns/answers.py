"""What an agent gives: an apology, steps or an answer, an offer to help on, a polite end.

The words are ours; they were read against real messages and mended, not learned from them.
"""

from __future__ import annotations

from nbalib.conversations.patterns.phrases import Pattern
from nbalib.conversations.texts import LINK

IS_APOLOGY = Pattern(
    "is_apology",
    "Apologises, or regrets",
    "agent",
    phrases=(
        r"sorry|apolog(?:y|ies|ise|ize|ises|izes|ised|ized|ising|izing)|regret(?:s|ted)?|regretful\w*",
        "forgive us|pardon (?:us|the|our)|our bad|my bad",
        "(?:inconvenience|trouble)s? (?:is |are )?(?:highly |deeply |sincerely )?regretted",
        r"inconvenience caused|lament\w+|disculp\w+|perdon\w*|lo siento|sentimos|desolee?s?|navree?s?",
        r"excuses|excusez(?:-nous)?|pardon|entschuldig\w*|tut (?:uns|mir|es uns|es mir) (?:\w+ )?leid",
        r"verzeihung|bedauer\w*|desculp\w*|sentimos muito|sinto muito|lamentamos|scus\w+|ci dispiace",
        "mi dispiace",
    ),
    signs=(
        "申し訳|すみません|お詫び|ごめん|ご迷惑をおかけ|ご不便をおかけ|ご不便おかけ|ご心配をおかけ|恐れ入ります|失礼いたし",
    ),
    unless=(
        r"(?:no need to|don'?t|needn'?t) (?:\w+ )?(?:apologi[sz]e|be sorry)|accept your apolog(?:y|ies)",
        "sorry if you (?:already|have)",
    ),
)

_DO = (
    r"(?:re-?start|re-?boot|reset|re-?install|un-?install|un-?plug|power cycle|clear|update|upgrade|log|sign"
    r"|delete|disable"
    r"|enable|turn|toggle|tap|click|select|press|hold|swipe|head|go|navigate|open|visit|remove|back ?up"
    r"|switch|check"
    r"|refer|use|run|scan|type|choose|connect|disconnect|download|install|try|swap|look|read|view)"
)
_DOING = (
    r"(?:(?:re-?start|contact|re-?boot|resett|re-?install|un-?install|clear|updat|logg|sign|turn|check|us"
    r"|switch|delet|remov|try)ing)"
)
_CAN_DO = (
    r"(?:find|check|view|update|use|request|see|go|head|click|access|change|cancel|order|purchase|buy|return"
    r"|track|apply|add"
    r"|remove|download|log|sign|submit|report|watch|visit|set|turn|manage|choose|book|pay|upgrade|switch|read"
    r"|refer|enter|take"
    r"|claim|exchange|redeem|learn|follow|try|leave|pick|collect|bring|create|edit|enable|disable|reset"
    r"|restart|wait|travel"
    r"|search|transfer|register|verify|complete|fill|suggest|opt|block|do|get|have|ask|keep|open|file|input"
    r"|contact|speak)"
)
_IS = r"(?:is|are|was|were|will be|isn'?t|aren'?t|'s|'re|be|not)"
_STATE = (
    r"(?:available|unavailable|open|closed|included|eligible|valid|possible|required|allowed|supported"
    r"|scheduled|expected|due"
    r"|in stock|out of stock|discontinued|refundable|delayed|cancell?ed|running|aware|covered|limited"
    r"|restricted|released"
    r"|located|subject to|working (?:on|to)|designed|based on|known|normal|part of)"
)
_SOME = r"(?:\d+|one|two|three|few|several|couple)(?: ?(?:-|–|to) ?\d+)?"
_TIME = r"(?:min(?:ute)?s?|hours?|hrs?|(?:business |working |calendar )?days?|weeks?|months?)"

_NO_STEPS = (
    "(?:so|and|&|then) (?:that )?(?:we|i) (?:can|could|may|will|'ll)[^.!?]*",
    "(?:we|i)(?:'ll| will) (?:see|check)[^.!?]*|(?:dm|direct message|private message|pm)[^.!?]*",
    r"check your (?:dm\S*|direct|private|inbox)[^.!?]*",
    "(?:please |kindly |pls |just )?(?:click|use|follow) (?:the |this |on |our |us |here"
    "|below)[^.!?]*(?:dm|direct|private|message)[^.!?]*",
    r"(?:sorry|apologi[sz]\w*|regret)[^.!?]*|(?:'ll|will|to) (?:\w+ )?(?:make|be) sure[^.!?]*",
    "follow (?:us|and|&)|(?:if|when|once|whenever) you (?:can|could|have|get|need)[^.!?,]*",
    "best (?:way|time) to (?:reach|contact|call) you[^.!?]*",
)

# Three patterns for one signal: each is one expression, and one for all would be twenty times slower.
STEPS = Pattern(
    "gives_steps",
    "Gives steps to take",
    "agent",
    phrases=(
        "(?:please|pls|kindly|also|first|then|next|just|let's|lets|need to|try(?: to)?|could you|can you"
        rf"|and|&|>) {_DO}",
        rf"(?:try|tried|recommend|suggest|advise|by|does|after|about) {_DOING}",
        rf"{_DOING} (?:your|the|it|out|off|back|and)|follow (?:the|these|this|those|our|along)",
        "request you to|work(?:ing)? through|give (?:this|these|that|it) a (?:try|go|shot)",
        "worth (?:a try|trying)|tr(?:y|ying) (?:the|these|this|our|again|it|that|a different)",
        r"(?:these|following|below|those|troubleshooting|quick|our|the|some) (?:\w+ )?(?:steps|instructions"
        "|tips|guide|article|guidelines)",
        "here'?s (?:how|a|an|the|our|what|some|more)|here (?:is|are) (?:how|a|an|the|our|some|more)",
        r"workaround|how to|puedes?|podras|deberas|te (?:recomendamos|sugerimos|sugiero|aconsej\w+)",
        "recomendamos|sugerimos|revisa|intenta|accede|vous pouvez|veuillez|essayez|je vous invite|il suffit",
        r"du kannst|sie k(?:o|oe)nnen|bitte (?:versuch|starte|pr(?:u|ue)f)\w*|probier\w*|hier findest",
        "voce pode|tente|verifique|acesse",
    ),
    signs=(
        rf"(?:^|[.!?:,])\W*{_DO}\s+(?:your|the|to|out|off|into|back|it|this|these|all|any)\b|をお試し|してください",
        "くださいませ|できます|ご確認ください|となります|可能です|ご案内",
    ),
    unless=_NO_STEPS,
)

ADVICE = Pattern(
    "gives_steps",
    "Advises, or says where to find more",
    "agent",
    phrases=(
        "you(?:'ll)? (?:can|may|could|might|should|must|need to|have to|would need to|are able to"
        rf"|will be able to|will need to) (?:also |always |either |still |then |now |just |only )?{_CAN_DO}",
        rf"you(?:'ll|'d) (?:just )?(?:need|have|want) to {_CAN_DO}",
        "(?:we|i)(?:'d| would)? (?:recommend|suggest|advise|encourage)",
        "(?:recommend(?:ed)?|suggest(?:ed)?|advise(?:d)?) (?:that )?(?:you|to)|make sure",
        "ensure (?:that|your|you|the)|be sure to|best (?:way|thing|option|place|bet)|it'?s best to",
        "keep in mind|please note",
        r"(?:check|see|view|find|visit|read|look|learn|info\w*|instructions|guide|article|options|steps?"
        rf"|refer|head|go|click)[^.!?<]*{LINK[:-1]}",
        "(?:more|additional|further|some) (?:info(?:rmation)?|tips) (?:is |are |can be |on |about |at "
        "|here|found|available)",
    ),
    unless=_NO_STEPS,
)

ANSWER = Pattern(
    "gives_steps",
    "Gives an answer: what is so, when, for how much",
    "agent",
    phrases=(
        "(?:unfortunately|currently|at (?:this|the) (?:time|moment)|looks like|this means|because|due to"
        r"|the reason),? (?:\w+ )?(?:is|are|we|it|this|that|the|you|they|there|i|our|your|not|have|a|an"
        "|high)",
        rf"{_IS} (?:\w+ )?(?:\w+ )?{_STATE}",
        "(?:takes?|within|up to|usually|around|about|at least|every|approximately|in|allow"
        rf"|between) (?:\w+ )?{_SOME} {_TIME}",
        r"(?:opens?|closes?|starts?|ends?|arriv\w+|depart\w*|leav(?:es|ing)|deliver\w*|until|by|at|from"
        r"|between) (?:\w+ )?\d{1,2}(?:[:.]\d\d)? ?(?:am|pm|a\.m|p\.m|gmt|est|pst|hrs)",
        "(?:it|this|that|they|there|which|price|cost|fee|ticket)(?:'s| is| are|'ll be| will be| would be"
        r"| costs?) (?:£|\$|€|rs\.?) ?\d+",
        "(?:policy|policies|terms|regulations|guidelines) (?:is|are|state|states|require|don'?t|do not|on)",
    ),
    signs=(r"^\W*(?:(?:yes|correct|indeed|that's correct|that's right)\b[,.!\s]+|no(?:pe)?[,.!]\s*)\w",),
    unless=_NO_STEPS,
    unless_signs=(r"[^.!?]*\?",),
)

OFFERS_HELP = Pattern(
    "offers_help",
    "Offers to help on if it is needed",
    "agent",
    phrases=(
        r"let (?:us|me|me/us) know (?:\S+ ){0,3}(?:if|how|whether|what happens|when|should|in case|via"
        "|here|the result|the outcome)",
        "let us know the results?",
        r"if (?:you|there|anything|it|this|that|the|these|your) (?:\S+ ){0,8}(?:need|needs|have (?:any"
        "|other|more|further|additional)|help|else|further|questions?|assistance|problems?|issues?|trouble"
        "|concerns?|change|changes|up|continues?|persists?|happens|occurs)",
        "(?:any|anything|further|other|more|additional) (?:else|questions?|concerns?|issues?|assistance"
        "|queries|help|problems|enquiries)",
        "feel free to (?:reach|contact|dm|message|tweet|let|ask|give|shout|get|drop|send|follow up|write)",
        "(?:don'?t|do not|never) hesitate",
        r"(?:we'?re|we are|i'?m|i am|we'll be|we will be|i'll be|always) (?:\w+ )?(?:here|around"
        "|available) (?:24/7 )?(?:if|whenever|for you|should|any ?time|when)",
        "give us a (?:shout|nudge|holler)|shout if|just shout",
        "reach (?:back )?out (?:to us |to me |here )?(?:any ?time|again|if|should|whenever)",
        "keep (?:us|me) (?:posted|updated|informed|in the loop)|loop us in|get back to us|come back to us",
        "tweet us (?:if|again|any ?time|back)|holler|you know where to find us|update us",
        "(?:cualquier (?:otra )?(?:duda|consulta|cosa|inconveniente))|si necesitas|n'hesitez pas",
        "bei (?:weiteren )?fragen|melde? dich|qualquer duvida|se precisar",
        "estamos? (?:para ayudar|a disposicao)|a tu servicio|mantennos al tanto",
    ),
    signs=("お気軽に|ご不明な点|何かございましたら",),
)

CLOSES_POLITELY = Pattern(
    "closes_politely",
    "Ends the talk in a friendly way",
    "agent",
    phrases=(
        r"you(?:'?re| are) (?:\w+ ){0,2}welcome|no (?:problem|worries|probs|prob)|not a problem",
        "don'?t mention it|(?:my|our) pleasure|any ?time!?|de nada|con gusto",
        "(?:glad|happy|pleased|great|good|thrilled|delighted|lovely|awesome|wonderful|nice|love|excited"
        r"|fantastic|stoked|relieved) (?:to|that) (?:\w+ )?(?:hear|know|see|read|be of|could help"
        "|have helped|you|we|it|everything|this|the|your)",
        "(?:glad|happy|pleased|thrilled|delighted|so glad|so happy) (?:we|i|you|you're|you've|it|it's"
        "|everything|everything's|this|that|the|could|our)",
        r"(?:glad|happy) (?:\w+ )?(?:was|were|could) (?:able )?",
        r"(?:that'?s|this is|what|such) (?:\w+ )?(?:great|good|awesome|wonderful|fantastic|amazing"
        "|excellent|brilliant|lovely) (?:news|to hear|to know)?",
        "(?:great|good|awesome|wonderful|fantastic|excellent|brilliant) (?:news|stuff)|woohoo|woo hoo|hooray",
        "yay|enjoy (?:your|the|it|every|this|a|and|your)|enjoy[!.]?",
        r"have (?:a|an) (?:\S+ ){0,3}(?:day|night|evening|weekend|morning|afternoon|one|time|flight|trip"
        "|journey|christmas|week|holiday|thanksgiving|experience|stay)",
        "happy (?:holidays|friday|monday|halloween|thanksgiving|travels|streaming|gaming|shopping"
        "|listening|birthday|new year)",
        "thanks for (?:flying|being|choosing|your (?:kind|loyalty|support|business|feedback)|the (?:love"
        "|kind|feedback|shout|mention|compliment|kudos|nice)|joining|visiting|shopping|riding|stopping)",
        "thank you for (?:flying|being|choosing|your (?:kind|loyalty|support|business|feedback)"
        "|the (?:love|kind|feedback|shout|mention|compliment|kudos|nice)|joining|visiting|shopping"
        "|taking the time)",
        "take care|cheers|safe (?:travels|journey|trip|flight)|see you (?:soon|on|there|again|next)",
        "best wishes|all the best|good luck",
        r"hope (?:you|it|this|that|everything) (?:\S+ ){0,3}(?:enjoy\w*|helps?|great|lovely|good|goes"
        "|works?|sorted|clears?)",
        "look(?:ing)? forward to (?:seeing|having|welcoming|your next|hearing)|congratulations|congrats",
        "sweet dreams|sounds (?:good|great|like a plan|delicious|perfect)|un placer|nos alegra",
        "que (?:disfrutes|tengas)|feliz dia|saludos|avec plaisir|je vous en prie|bonne (?:journee|soiree)",
        "gern geschehen|gerne|schonen (?:tag|abend)|freut uns|por nada|as ordens|tenha um|disponha",
    ),
    signs=(
        "どういたしまして|よろしくお願い|またのご利用|とんでもない|嬉しい|良かったです|よかったです|お楽しみ",
    ),
    unless=(
        "glad (?:that )?you(?:'ve| have)? (?:reached|contacted|asked|brought|been notified)",
        "hope this (?:is|was) (?:not|resolved)|not (?:great|good|happy|glad)[^.!?]*",
        "(?:sorry|sad|not|never)[^.!?]*(?:hear|see)",
        "happy to (?:help|assist|look|check|hear more|take|chat)[^.!?]*",
        "(?:glad|love|like|great|good|pleased) to (?:help|assist|look|check|hear more|know more|take"
        "|see if|learn more)[^.!?]*",
    ),
)
