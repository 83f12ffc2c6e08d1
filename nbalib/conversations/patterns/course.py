"""How a matter stands: a trouble named, what a customer has sent or will do, and what an agent leaves open.

The words are ours; they were read against real messages and mended, not learned from them.
"""

from __future__ import annotations

from nbalib.conversations.patterns.phrases import FEW, Pattern

_CANNOT = (
    r"(?:ca|could|do|does|did|is|are|was|were|wo|have|has|had|would|should|ai)n'?t|cannot|can not|unable to"
    r"|(?:am|is|are|was|were|do|does|did|have|has) not|won'?t"
)
_THING = (
    r"(?:app|site|website|page|system|server|service|internet|wi-?fi|line|phone|network|account|online"
    r"|it|you"
    r"|they|everything)s?"
)

NAMES_TROUBLE = Pattern(
    "names_trouble",
    "Names something that is wrong, lost, late or does not work",
    "customer",
    phrases=(
        r"issues?|problems?|troubles?|errors?|bugs?|buggy|glitch\w*|broken?|broke|crash\w*|freez\w+|froze",
        r"frozen|lagg?(?:s|ing|y)?|delay(?:s|ed|ing)?|cancell?ed|missing|lost|wrong|damag\w*|stuck|hacked",
        rf"outages?|{_THING} (?:\w+ ){{0,2}}down|slow(?:ly|er)?|over ?charged|charg(?:ed|ing) (?:me|us"
        rf"|twice"
        "|my|for|an?|the)",
        r"refund\w*|reimburs\w*|compensat\w*|locked (?:out|my)|stole(?:n)?|scam\w*|fraud\w*|defect\w*"
        r"|fault\w*",
        "fail(?:s|ed|ing|ure)?|no (?:internet|service|signal|reply|response|answer|updates?|luck|sound"
        "|connection|access|show|record|confirmation|email|help|bags?|luggage)",
        f"{_CANNOT}|never (?:arrived|came|received|got|showed|heard|called|work(?:s|ed)?|turned)",
        r"not (?:work\w*|load\w*|open\w*|arriv\w*|receiv\w*|deliver\w*|show\w*|updat\w*|respond\w*"
        r"|connect\w*|able|there|get\w*|let\w*|available|turn\w*|play\w*|going|been|happy|good|fair|right)",
        rf"(?:still|been|keep|kept|left) (?:{FEW})?wait(?:ing|ed)?|waiting (?:for|on|over|since)|waited",
        r"on hold|late|(?:arrived|came|was|were|is) (?:\w+ )?(?:cold|dirty|empty|raw|stale|late|mouldy"
        r"|moldy)",
        r"kicked (?:me|off|out)|disconnect\w*|drop(?:s|ped|ping)|expired|denied|declined|reject\w*|stopped",
        r"(?:keeps?|kept) \w+ing|out of (?:order|service|stock)|no longer (?:work\w*|able|available"
        r"|get\w*)",
        r"wrong(?:ly)?|mistakes?|messed|ruined|left (?:behind|my|at)|forgot(?:ten)?|problema\w*"
        r"|probleme?\w*",
        r"hurt|injur\w*|bleeding|in pain|not well|unwell|allerg\w*|poison\w*|unsafe|danger\w*|shocked"
        r"|unacceptable"
        r"|not acceptable|(?:hair|plastic|glass|metal|bug|worm|insect|mould|mold) in|do(?:es|s)ent",
        r"fehler\w*|kaputt|erreur\w*|panne|retard|averia|error(?:es)?|no (?:funciona|sirve|puedo|llega"
        r"|anda)",
        "geht nicht|funktioniert nicht|ne (?:marche|fonctionne)|nao (?:funciona|consigo|chegou)",
    ),
    signs=("できない|できません|届かない|届きません|壊れ|不具合|故障|遅延",),
    unless=(
        r"no (?:problems?|issues?|troubles?|trouble at all|delays?)|(?:ca|could)n'?t (?:wait|be happier"
        r"|agree"
        r"|thank|recommend|complain|ask for)|can'?t (?:even|believe (?:how|it|i))|why not|if not"
        r"|not (?:only|just)"
        r"|don'?t (?:know|think|mind|worry|forget|care)|not (?:sure|yet)|better late|didn'?t (?:know"
        r"|realise|realize)",
        r"(?:isn'?t|aren'?t|don'?t|doesn'?t|didn'?t|won'?t|wasn'?t|haven'?t|hasn'?t) (?:it|you|they|we"
        r"|he|she|i)\b",
    ),
)

WILL_ACT = Pattern(
    "will_act",
    "Means to do something about it: to try, to send, to report",
    "customer",
    phrases=(
        "will (?:do|try|check|send|dm|message|give|call|post|report|update|wait|keep|see|look|take|let"
        "|contact|go|get back|follow|pop|email|ring|use|test)",
        r"(?:i|we)'?ll (?:\w+ )?(?:do|try|check|send|dm|message|give|call|post|report|update|wait|keep|see"
        "|look|take|let|contact|go|get back|follow|pop|email|ring|use|test|have)",
        "let (?:you|u) know|(?:going to|gonna|about to|plan to|planning to) (?:try|call|check|send|wait|go"
        "|contact|test|ring|email)",
        r"trying (?:that|it|this) now|when (?:i|we)(?:'m| am|'re| are| get| come)? (?:\w+ ){0,2}(?:home"
        r"|back"
        "|there|work|chance|time|later)|(?:tech|technician|engineer|appointment) (?:is |was )?(?:coming"
        "|booked"
        "|scheduled|on|for)",
        "lo (?:hare|intentare|probare)|je vais (?:essayer|voir)|werde ich|ich werde|vou (?:tentar|ver"
        "|mandar)",
    ),
)

HAS_SENT = Pattern(
    "has_sent",
    "Says that what was asked for has been sent or done",
    "customer",
    phrases=(
        rf"(?:just |already |have |i'?ve |we'?ve |i |dm |message |email )?sent(?: (?:{FEW}(?:dm|message|pm"
        "|email|details|info|it|you|u|one|over|through|that|them|a)))?",
        "dm'?e?d|pm'?e?d|messaged|inboxed|emailed|dm sent|check (?:your|ur) (?:dms?|inbox|messages|pms?)",
        r"(?:filled|submitted|completed) (?:\w+ ){0,3}(?:form|request|claim|it|that|this|ticket)",
        "^done|just did|i did|have done|already (?:did|done)|did (?:that|it|so)|followed(?: you| u)?",
        "replied (?:to|in|via)|te (?:envie|mande)|ya (?:envie|mande)|enviei|ja (?:enviei|mandei)|gesendet",
    ),
)

HAS_NO_ANSWER = Pattern(
    "has_no_answer",
    "Has no information, or only a place for wishes, in place of an answer",
    "agent",
    phrases=(
        "feature request|(?:suggest|submit|leave|share|post) (?:it|this|that|your (?:feedback|ideas?"
        "|thoughts))",
        "suggestions? (?:here|at|page)|not able to assist|(?:share|pass on) (?:the|your) interest",
        r"(?:don'?t|do not) (?:currently |yet )?have (?:any |an |that |this |the |more "
        r"|further )*(?:info\w*"
        "|details|news|eta|updates?|date|word|access|announcements?|timeline|timeframe)",
        r"no (?:info\w*|details|news|eta|updates?|word|announcements?|exact \w+)(?: \w+)? (?:yet"
        r"|at this time"
        "|at the moment|on|about|regarding|to share|right now|as of)",
        "(?:not|aren'?t|isn'?t) (?:sure|aware of (?:any|a)|certain)|(?:can'?t|cannot|unable to) (?:say"
        "|confirm"
        "|comment|speculate|provide (?:an|a|any)|give (?:an|a|any|you an?))",
        r"stay tuned|keep (?:an eye|checking|your eyes)|(?:nothing|hasn'?t been) (?:to )?(?:announce\w*"
        r"|confirm\w*)",
    ),
)

CHECKS_BACK = Pattern(
    "checks_back",
    "Asks whether the trouble is still there, or was dealt with",
    "agent",
    phrases=(
        r"(?:are|is|do|does|did|have|has|was|were) (?:you|it|this|that|everything|the \w+|your \w+) (?:\w+ "
        r"){0,3}(?:still|continu\w+|resolved|fixed|sorted|addressed|working|helped?|better|manage\w*"
        r"|able|get"
        "|received?|arrived?|happening|hear)",
        "(?:still|continue to) (?:have|having|need|experiencing|experience|seeing|see|getting|get|facing"
        "|happening|an issue|looking|unable)",
        r"checking in|(?:wanted|like|just) (?:\w+ )?to (?:check|follow up|see) (?:in|if|up|with|whether)",
        r"how(?:'s| is| are| did) (?:it|things|everything|that) (?:\w+ )?(?:going|looking|working|now|go)",
        "let (?:us|me) know (?:if|whether|how) (?:it|this|that|these|those|the|you|your)",
        "let us know the results?|keep (?:us|me) (?:posted|updated)|(?:any|no) (?:luck|change|improvement)",
        r"did (?:you|that|this|it|we) (?:\w+ )?(?:help|work|fix|solve|try|manage|get|miss|do the trick)",
    ),
)

NAMES_END = Pattern(
    "names_end",
    "Says why something is so and until when, so that nothing is left to do",
    "agent",
    phrases=(
        "(?:will|'ll|should|to) be (?:back|available|live|open|restored|up|ready|released|returning"
        "|running)"
        r"(?: \w+){0,3} (?:tomorrow|tonight|today|soon|monday|tuesday|wednesday|thursday|friday|saturday"
        "|sunday|shortly|by|on|in|at|next|later|morning|again)",
        r"(?:we|we've|we have) (?:turned|shut|switched|taken|closed|disabled|paused) (?:it|this|that"
        r"|them|\w+ "
        r"\w+|\w+)? ?(?:off|down|for|tonight|today)",
        "(?:is|are|was|were) (?:shut|turned|switched) (?:off|down)|(?:back|available|open|live|returns?"
        "|reopens?|resumes?) (?:on |again )?(?:tomorrow|tonight|monday|tuesday|wednesday|thursday|friday"
        "|saturday|sunday|next (?:week|month|year)|in (?:january|february|march|april|may|june|july|august"
        "|september|october|november|december))",
        "(?:has|have) (?:now )?been (?:resolved|fixed|restored|sorted|refunded|credited|cancelled|canceled"
        "|updated|reset|removed|added|processed|completed)|(?:is|are|it's) (?:now )?(?:resolved|fixed"
        "|restored"
        "|sorted)",
    ),
)

WANTS_SOMETHING = Pattern(
    "wants_something",
    "Asks for help, a thing or an act, be it in the form of a question or not",
    "customer",
    phrases=(
        "(?:i|we|you|u|they) (?:just |really |only |also |still )*(?:need|want|require|demand|expect"
        "|request)"
        r"(?:s|ed)?|(?:i'?d|i would|we'?d|would) like|looking (?:for|to)|trying to|tried to|need (?:help"
        r"|assist\w*"
        "|a|an|the|my|to|some|your)",
        "help(?: me| us| with| please| pls)?|assist(?:ance)?|support|please|pls|plz|kindly|can (?:you|u"
        "|i|we|someone)"
        "|could (?:you|u|i|we|someone)|will (?:you|u)|would (?:you|u)",
        "(?:get|give|send|tell|call|contact|email|dm|refund|fix|sort|bring|add|make|let|stop|explain"
        "|answer|reply"
        "|respond) (?:me|us|it|my|this|that|the|to|back|your|a)",
        "how (?:do|can|to|long|much|many)|when (?:is|will|can|are|do|does)|where (?:is|are|can|do)"
        "|why (?:is|are"
        "|do|does|did|can|has|have|was|am|not)|what (?:is|are|time|do|does|should|happened)",
        "necesito|quiero|ayuda|por favor|j'ai besoin|aidez|bitte|brauche|hilfe|preciso|quero|ajuda",
    ),
    signs=("ください|お願い|教えて|ほしい|欲しい",),
    unless=("(?:need|want) (?:to say|i say more|any more)|(?:you'?re|you are) welcome",),
)

HAS_WORDS = Pattern(
    "has_words",
    "Says something in words, beside names, links and pictures",
    "customer",
    signs=(
        r"[a-z]{2,}[^a-z<]+[a-z]{2,}[^a-z<]+[a-z]{2,}"
        r"|[^\x{00}-\x{2AF}\x{2000}-\x{2BFF}\x{FE00}-\x{FE0F}\x{1F000}-\x{1FAFF}]{4,}",
    ),
)
