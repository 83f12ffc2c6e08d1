"""What a relieved or pleased customer says: thanks, that it is mended, and praise.

The words are ours; they were read against real messages and mended, not learned from them.
"""

from __future__ import annotations

from nbalib.conversations.patterns.phrases import FEW, Pattern
from nbalib.conversations.patterns.trouble import FIXED, THANKS

_NOT_SO = (
    r"(?:not|\w+n'?t|never|cannot|yet to|until|till|when|once|if|unless|whether|hop(?:e|ed|ing)|hopefully"
    r"|wish|will|would|should"
    r"|could|needs?|want(?:s|ed)?|wanna|please|pls|plz|get|getting|have to|has to|to be|to get|gonna"
    r"|going to"
    r"|supposed to|claim\w*"
    r"|sa(?:id|ys|ying)|told|marked|stop(?:s|ped)?|quit|barely|hardly|no|nothing|think(?:ing)?|thought)"
)
_STATE = (
    rf"(?:work(?:s|ed|ing)?|running|{FIXED}|good|fine|set|back|up|online|arrived|delivered|received|got"
    r"|helped|able)"
)

SAYS_THANKS = Pattern(
    "says_thanks",
    "Thanks for something given; not in advance, and not in scorn",
    "customer",
    phrases=(
        "thanks?|thank(?:you|u|yew)|thanx|thx|thnx|thnks|tnx|tks|tysm|ty|cheers|much appreciated",
        "ta(?: very much| muchly)",
        "(?:really |very |greatly |truly |do |i )?appreciate[ds]? (?:it|that|this|the|you|your|all)",
        "so grateful|very grateful|gracias|agradezco|agradecid[oa]|merci|danke|dankesch(?:o|oe)n|vielen dank",
        "obrigad[oa]|valeu|grazie|dank je",
    ),
    signs=("ありがと|有難う|有り難う|サンキュ|感謝|谢谢|謝謝|감사|شكرا|धन्यवाद",),
    unless=(
        "thank(?:s|ing)?(?: you| u| so much| a lot)? in (?:advance|anticipation)|advance thanks",
        "gracias de antemano|no,? (?:thanks|thank you|thx)|thanks,? but no thanks|merci d'avance",
        "danke im voraus|obrigad[oa] desde ja",
        "thanks? to (?:you|u|your|this|that|these|the|their|them|y'?all)",
        r"(?:would|wd|will|be|i'?d|'d) (?:\w+ )?(?:be )?(?:grateful|appreciate|appreciated|thankful)",
    ),
)

CONFIRMS_FIX = Pattern(
    "confirms_fix",
    "Says that it is mended, done, or no longer needed",
    "customer",
    phrases=(
        "(?:it|that|this|they|everything|all|internet|app|phone|service|site|website|wifi|tv|account|now"
        "|which) ?(?:'s|is|are|s|'re|seems to be|appears to be)? (?:all |now |back |up and |finally "
        "|already )*(?:working|running|fixed|sorted|resolved|solved) (?:fine |perfectly |great |properly "
        "|well |ok |good )?(?:now|again|for me|today|thanks|thank|thx|cheers|great|perfectly|fine"
        "|properly)",
        r"(?:works|working|is fine|all fine|back|up and running|back up) (?:\w+ )?(?:now|again|perfectly"
        "|like a charm|a treat)",
        "(?:all |it'?s )?done now",
        "(?:seems?|seemed|appears) to (?:have )?(?:be )?(?:resolved?|fix(?:ed)?|solved?|sort(?:ed)?"
        "|work(?:ing|ed)?)",
        r"thank(?:s| you) (?:\w+ )?for (?:sorting|fixing|resolving|solving)",
        "managed to (?:fix|sort|resolve|solve|get it)",
        r"(?:it|that|this|which|reset|restart|restarting|update|updating|reinstall\w*|reboot\w*) (?:all "
        "|finally |actually |just )?worked",
        "did the trick|does the trick|that did it|that (?:fixed|solved|helped|sorted|resolved)(?: it)?",
        "fixed (?:itself|it|my|the)",
        "(?:it|issue|problem|that|this|everything|all|matter|case|order|account)(?:'s| is| has| was| got"
        rf"| have|s)? (?:now |been |all |already |finally |just |since )*{FIXED}",
        rf"(?:got|have|had) (?:it|this|that|my \w+|everything|the \w+) (?:all |finally )?(?:{FIXED}|working"
        "|figured out|done)",
        rf"(?:all|now|finally|been|problem|issue|question) (?:been )?{FIXED}(?: (?:out|now))?",
        rf"{FIXED} (?:now|out|already|itself)",
        rf"(?:{FIXED}|found it|got it|got through|received it|received) ?(?:now|out"
        rf"|all)?[,.!\s]+{THANKS}",
        rf"{THANKS}[,.!\s]+(?:\w+ )?(?:got it|found it|it worked|it works|that worked|that works"
        rf"|all (?:good"
        "|set|sorted|done))",
        "(?:all|i'?m|we'?re|it'?s|now) (?:all )?(?:good|set|sorted)(?: to go)?(?: now)?",
        r"everything (?:is |'s )?(?:\w+ )?(?:good|fine|ok|okay|great|perfect|working|back to normal"
        "|in order)",
        "(?:am|is|are|i'?m|it'?s|we'?re|back|we are) (?:back )?(?:up and running|back (?:up|online"
        "|in business|to normal|on (?:now|again|track|air)))",
        "back to normal|problem solved|issue (?:has )?resolved|crisis averted|mystery solved|case closed",
        r"no longer (?:an? (?:issue|problem)|need\w*)",
        "(?:figured|worked|sorted|found) (?:it|that|this) (?:all )?out|figured out|nvm|disregard",
        "never ?mind,? (?:thanks|it'?s|i (?:got|found|figured|fixed|sorted)|all|found|got|figured|fixed"
        "|sorted|solved|problem)",
        "(?:has|have|it|package|parcel|order|delivery|refund|item|he|she|they|driver|just|finally"
        "|today) (?:has |have |just |finally |now |all )*(?:arrived|been delivered|turned up|showed up"
        "|been refunded|been credited|come through|came through|came today)",
        "(?:i|we)(?:'ve| have|'ve now| have now)? (?:just |finally |now |already )*(?:been (?:refunded"
        rf"|credited|reimbursed|helped|contacted)|(?:received|got) (?:it|my {FEW}(?:back|today|refund|money"
        "|order|package|parcel|now|replacement|credit)|the (?:refund|package|parcel|order|money|email"
        "|code)|a (?:refund|replacement|full refund|new one|credit)))",
        "able to (?:log ?in|fix it|get (?:it|in|through)|resolve|sort it|access it|find it|solve it|play"
        r"|connect) ?(?:now|again|thanks|thank|,|\.|!)?",
        "(?:they|he|she|someone|your team|colleague|agent|rep|you guys|support|store"
        rf"|staff) (?:\w+ )?(?:have |has |did )?(?:just |already |finally |now )*(?:{FIXED}|sorted me"
        "|helped me|took care of|refunded|fixed it|sorted it)",
        "(?:been |was |got |it'?s )(?:all )?(?:taken care of|dealt with|handled)",
        "no need (?:any ?more|now|thanks)|no longer need(?:ed)?",
        "(?:that|this|which) (?:really )?(?:answers|answered|clears|cleared|helps|helped) (?:my|it|that"
        r"|things|a lot|me|,|\.|!)",
        "answers my question",
        "(?:down|up)loaded (?:now|fine|ok|okay)|(?:getting|been|was|were) refunded",
        "seems? (?:to be )?(?:working|fixed|fine|ok|okay|good)|(?:it|he|she|they|food|order|package"
        "|parcel|driver"
        r"|bag|luggage) (?:\w+ )?(?:got here|came|showed up|turned up|made it)",
        r"(?:item|phone|bag|bags|luggage|wallet|purse|keys?|it|them) (?:\w+ ){0,2}(?:recovered"
        r"|returned to me|found)",
        "(?:i|we)(?:'ve| have)? (?:just |finally |now |actually )*(?:booked|got through|got (?:online"
        "|in)|managed)",
        r"(?:finally|just|now) (?:booked|got (?:it|through|in|online)|found it)|found (?:it|them"
        r"|the \w+) (?:now|in"
        r"|on|at|thanks)|(?:was|got) delivered (?:\w+ )?(?:fine|ok|okay|well|on time)",
        "ya (?:esta (?:solucionado|resuelto|listo)|funciona|lo (?:recibi|resolvi|solucione)|me llego)",
        "solucionado|resuelto|problema resolvido|resolvido",
        "(?:hat )?(?:jetzt )?funktioniert(?: (?:jetzt|wieder))|geht (?:jetzt|wieder)|erledigt",
        "hat (?:sich )?(?:erledigt|geklappt)|c'est (?:bon|regle)|ca (?:marche|remarche|fonctionne)",
    ),
    signs=(
        r"^\W*(?:it\s+)?work(?:ed|s)\W*(?:(?:thanks?(?:\s+you)?|perfectly|great|now)\W*)?$",
        r"\b(?:am|is|are|i'?m|it'?s|we'?re)\s+back\s+on\s*(?:[.!,]|$)",
        r"^\W*never\s*mind\W*$|解決しました|直りました|治りました",
    ),
    unless=(
        rf"{_NOT_SO} (?:[\w']+ ){{0,3}}{_STATE}(?: (?:now|again|out|up))?",
        "(?:fixed|work(?:s|ed|ing)|sorted|resolved|good)[^.!?]* but (?:now|then|it|still|again)[^.!?]*",
        "none of (?:it|this|that|those|them) worked",
        r"(?:was|were|been|used to be|it|has) (?:[\w']+ ){0,2}(?:working|worked|good|fine|sorted|fixed"
        "|resolved)[^.!?]*(?:until|till|before|but|then|and now)[^.!?]*",
        r"(?:received|got|arrived|came|delivered)[^.!?]*(?:wrong|damag\w*|broken|empty|defect\w*|missing"
        r"|smashed|crushed|without|instead|used|fake|opened|but|not|expired|rotten|mou?ld\w*|faulty|late"
        "|error|charged|wet|soaked|ruined|spoiled|cold)[^.!?]*",
    ),
    unless_signs=(
        r"\b(?:is|has|have|are|was|will|can|could|does|do|did|any chance|why|how|what)(?:n'?t)?\s[^.!?]*\?",
    ),
)

PRAISE = Pattern(
    "is_praise",
    "Praises the brand, its people or its product, without an issue",
    "customer",
    phrases=(
        "(?:love|loving|adore|luv) (?:you|u|ya|y'?all|your|my|the|this|it|these|that|how|getting|flying"
        "|using|being)",
        "i love",
        r"(?:best|greatest|finest) (?:\w+ ){0,2}(?:service|support|airline|company|store|team|brand"
        "|network|app|ever|experience|flight|customer|crew|bank|place|people|staff|ad|product|phone)",
        "(?:you|they)(?:'re| are| guys are)? the best|shout ?-?outs?|kudos|props to|hats off|hat tip",
        "thumbs up|well done|bravo|good job|great job|nice work|great work|good work",
        r"keep (?:it up|up the (?:good|great|amazing|excellent) (?:work|job))|congrat\w*",
        "(?:great|amazing|awesome|excellent|fantastic|brilliant|outstanding|superb|wonderful|incredible"
        "|exceptional|fabulous|terrific|lovely|stellar|top ?-?notch|first class|impeccable|perfect"
        r"|phenomenal|impressive|good|nice) (?:\w+ ){0,2}(?:service|support|experience|flight|job|staff"
        "|crew|team|food|meal|customer|airline|company|product|app|deal|offer|ad|advert|day|trip|store"
        "|people|stuff|attendant|driver|agent|update|feature)",
        "you(?:r)?(?:'re| guys| are| all| people| folks| team)* (?:rock|rule|rocks|awesome|amazing|great"
        "|brilliant|legends?|fab|fantastic|wonderful|heroes|lifesavers?|stars?|so (?:good|nice|kind"
        "|helpful|awesome|great))",
        "(?:so|very|really|super|extremely|incredibly|most|absolutely|truly) (?:nice|kind|helpful|friendly"
        "|impressed|pleased|happy with|delicious|good|grateful|professional|polite|pleasant|yummy|tasty"
        "|excited|lovely|amazing|awesome)",
        "impressed (?:with|by|at)|delicious|yummy|made my (?:day|night|week|year)|can'?t fault",
        r"highly recommend\w*|life ?savers?|legends?|you da best|best(?: \w+){0,2} ever|blown away"
        r"|exceeded",
        "above and beyond|pleasure (?:to|dealing|flying|doing)|loved (?:it|the|my|this|every)",
        "worth (?:it|every)",
        r"(?:is|was|are|were|looks?|tastes?|taste|sounds?) (?:\w+ )?(?:amazing|awesome|fantastic|brilliant"
        "|incredible|perfect|delicious|excellent|outstanding|superb|wonderful|beautiful|lovely|gorgeous"
        "|great|cool|insane)",
        r"excelente (?:servicio|atencion)|me encanta\w*|los amo|super (?:service|livraison)|toller service",
        "cooler service|adoro|amei",
    ),
    signs=(r"\bbest\W+\w+\W+ever\b|[❤💙💜💚💛😍🥰😘]|大好き|素晴らしい|最高|便利|助かりました",),
    unless=(
        "(?:not|never|isn'?t|wasn'?t|aren'?t|hardly|don'?t|didn'?t|no longer|used to|would|wouldn'?t"
        r"|would've|could|wish|if) (?:[\w']+ ){0,2}(?:impressed|great|good|nice|best|helpful|love|happy"
        "|amazing|recommend|fun|cool|loving|worth|perfect)",
        r"(?:i'?d|would|wld) (?:\w+ )?love (?:to|it|you|your|the|if|this)|love to",
        r"have a (?:\w+ )?(?:good|great|nice|lovely|amazing|wonderful) (?:\w+)",
    ),
)

TROUBLED = Pattern(
    "is_troubled",
    "Names something that is wrong: praise beside it is not praise alone",
    "customer",
    phrases=(
        r"issues?|problems?|troubles?|errors?|bugs?|glitch\w*|broken?|broke|crash\w*|freez\w+|frozen"
        r"|lag\w*",
        r"delay\w*|late|cancell?ed|missing|lost|wrong|damag\w*|stuck|hacked|outage|down|slow\w*",
        r"fix(?:ed|ing)?|refund\w*|charged|locked|stolen|defect\w*|forg[eo]t\w*|denied|los(?:e|ing)"
        r"|without",
        "removed|deleted|wors(?:e|t)|boo",
        "(?:doesn'?t|don'?t|isn'?t|won'?t|can'?t|cannot|didn'?t|couldn'?t|wasn'?t|haven'?t|hasn'?t"
        r"|shouldn'?t|not|unable|fail\w*)",
        "but|however|although|though|unfortunately|sadly|except|if only|why|help me|please|pls|still",
        r"wait(?:ed|ing)|instead|shame|pero|aber|leider|mais|malheureusement|mas|problema\w*|probleme\w*",
    ),
)
