"""What a customer in trouble says: urgency, escalation, complaint, scorn, and that it is not mended.

The words are ours; they were read against real messages and mended, not learned from them.
"""

from __future__ import annotations

from nbalib.conversations.patterns.phrases import FEW, REST, Pattern

FIXED = r"(?:fixed|resolved|sorted|solved|rectified)"
THANKS = r"(?:thanks?|thank (?:you|u)|thx|thnx|thnks|tnx|tks|ty|tysm|cheers|kudos|props)"
GOOD = (
    r"(?:great|good|nice|awesome|amazing|brilliant|excellent|fantastic|stellar|top|wonderful|outstanding"
    r"|superb"
    r"|fabulous|lovely|impressive|smart|genius|perfect|cool|helpful|love)"
)
_WORK = (
    r"(?:job|work|going|one|service|customer service|support|experience|company|airline|app|update|move|start"
    r"|way)"
)
_UNHAPPY_FACE = "[🙄🙃😒😑😡😠🤬😤🖕👎😞💩🤦🤨😫]"
_WHO = r"(?:no one|no-one|noone|nobody|none of you|nobody at your company|not one person)"
_NOT_BEEN = r"(?:not|never|hasn'?t|haven'?t|isn'?t|wasn'?t|weren'?t|aren'?t|yet to be|not yet)"

URGENT = Pattern(
    "is_urgent",
    "Says that time is short",
    "customer",
    phrases=(
        "urgent(?:ly)?|urgency|asap|emergency|immediate(?:ly)?|time[- ]sensitive|stranded",
        "as soon as possible|right away|straight away|without delay|(?:please|pls|plz) hurry|hurry up",
        rf"(?:fix|sort|help|answer|reply|respond|call|solve|resolve|refund) {FEW}(?:right )?now",
        rf"needs? {FEW}(?:right now|now|today|tonight|by (?:today|tonight|tomorrow|noon|midnight)"
        "|in an hour)",
        "(?:flight|train|appointment|wedding|funeral|meeting|boarding|surgery|exam"
        rf"|interview) {FEW}(?:in (?:an hour|\d+ ?(?:min(?:ute)?s?|hours?|hrs?))|(?:leaves|departs"
        "|starts) (?:in|soon|today|tonight|now))",
        "running out of time|time is running out|before it'?s too late|can(?:no|')?t wait any longer|urgente",
        "cuanto antes|lo antes posible|dringend|schnellstm(?:o|oe)glich|au plus vite|d'urgence",
    ),
    signs=("至急|緊急|早急|急いで",),
    unless=(
        "not (?:that |very |so )?urgent|no (?:urgency|emergency|rush)|isn'?t urgent|immediately after",
        "for (?:the |your )?immediate|emergency (?:exit|exits|row|rows|landing|services)",
    ),
)

ESCALATION = Pattern(
    "is_escalation",
    "Threatens to go higher, to the law, to the public, or to leave",
    "customer",
    phrases=(
        "lawyers?|solicitors?|attorneys?|legal (?:action|proceedings|team|notice|advice)|law ?suit",
        "litigation|suing|sue (?:you|them|the|your)|i (?:will|can|could|should|might|am going to) sue",
        "i'?ll sue|class action|small claims|consumer (?:court|forum|protection|affairs|rights|commission)",
        "(?:in|to) court|ombudsman|regulator|ofcom|ofgem|trai|cfpb|better business bureau|bbb",
        "(?:to|with|contact(?:ing)?|tell|notify|call(?:ing)?) (?:the )?f[ct]c|f[ct]c (?:complaint|involved)",
        "trading standards|watchdog|police (?:report|complaint)",
        "(?:call|calling|contact|contacting|involve|involving|tell) the police",
        "(?:speak|talk|spoke|talked|complain|escalated?) (?:to|with) (?:a|the|your|my|his|her"
        "|some)? ?(?:supervisor|manager|boss|superior|director)",
        r"(?:need|want|get|ask(?:ed|ing)? for|demand\w*|refus\w+) (?:a|the|your|me a) (?:supervisor|manager)",
        "(?:a|the|your|any|another) supervisors?|supervisor (?:now|please|asap|number)",
        "your (?:boss|superiors?|ceo|head office|directors?)|(?:the|a) ceo|head office",
        "corporate (?:involved|number|complaint|headquarters)|escalat(?:e|ed|ing|ion)",
        "(?:formal|official|written|legal) complaint|legal claim",
        "complaints? (?:procedure|department|team|form)",
        "(?:fil|lodg|mak|rais|submitt?|register)(?:e|es|ed|ing)? (?:a|an|another|my"
        r"|this) (?:\w+ )?complaint",
        r"(?:made|address) an? (?:\w+ )?complaint",
        "report(?:ing|ed)? (?:you|u|your (?:company|drivers?|employees?|staff))",
        "(?:cancel|cancell?ing|cancell?ed|terminat(?:e|ing)|ending|close|closing|delete|deleting) (?:my"
        r"|our|the|this) (?:\w+ ){0,2}(?:accounts?|contract|subscription|membership|service|services|plan"
        "|prime|premium|policy)",
        "(?:switch(?:ed|ing)?|mov(?:e|ed|ing)|port(?:ed|ing)?) (?:to|over to) (?:your competitors?"
        "|the competition|someone else|(?:another|a different) (?:provider|carrier|company|airline|network"
        "|bank|service|supplier|store))",
        "(?:switch(?:ing)?|chang(?:e|ing)|mov(?:e|ing)) (?:carriers?|providers?|banks?|networks?|airlines?"
        "|isps?)",
        "leaving (?:you guys|you for|your (?:company|network|service|bank))",
        "(?:am|'m|so|are|we're) done with you",
        "(?:take|taking|took) (?:my|our) (?:business|money|custom) (?:elsewhere|somewhere else|to)",
        r"(?:lost|losing|lose) (?:me as )?(?:a|another|my|our|one more) (?:\w+ )?(?:customer|client"
        "|business|custom)",
        "(?:never|won'?t|will not|not going to|don'?t) (?:be )?(?:us(?:e|ing)|shop(?:ping)?|fly(?:ing)?"
        "|buy(?:ing)?|(?:re)?order(?:ing)?|book(?:ing)?|do(?:ing)? business|deal(?:ing)?|stay(?:ing)?"
        rf"|rid(?:e|ing)|travel(?:l?ing)?) {REST}(?:again|any ?more|anything)",
        "(?:go|going|went) (?:public|to the (?:press|media|papers))",
        "(?:contact|tell)(?:ing)? the (?:press|media)|abogado|demandar(?:los|les)?|defensa del consumidor",
        "(?:rechts)?anwalt|avocat|procon|advogado",
    ),
    signs=("弁護士|消費者センター",),
    unless=(
        r"no need to (?:speak|talk) to (?:a|the) (?:manager|supervisor)|de-?escalat\w+",
        # What they did is told, not threatened.
        r"(?:is|was|has|have|had|been|being|got|they|you) (?:\w+ )?escalated",
    ),
)

SARCASM = Pattern(
    "is_sarcastic",
    "Thanks or praises in scorn",
    "customer",
    phrases=(
        rf"{THANKS} (?:\w+ ){{0,3}}for (?:absolutely |literally )?(?:nothing|nothin|nada)",
        rf"{THANKS} (?:\w+ ){{0,2}}for (?:not|never|no|ruining|wasting|los(?:ing|t)|screwing|messing"
        "|cancell?ing|delaying|leaving (?:me|us|my|our)|ignoring|keeping (?:me|us) (?:waiting|on hold"
        "|stuck|late|hostage|here|in)|charging|overcharging|breaking|stealing|lying|yet another"
        "|another (?:late|delay|bad|cancel)|being (?:late|useless|so slow|no help)|forgetting|failing"
        "|refusing|stranding|hanging up|blocking|killing|slowing|making a liar|making (?:me|us) (?:wait"
        "|late|miss|pay|feel|look|stand|sit|angry|sad|mad|cry|spend|lose|drive|go|hate))",
        rf"{THANKS} (?:\w+ ){{0,2}}for the (?:\w+ ){{0,3}}(?:wait|hold|delays?|cancel\w+|damaged?|broken"
        r"|late|terrible|awful|horrible|bad|poor|worst|crap\w*|lies|stress|headache|inconvenience|runaround"
        "|lack of|non-?existent)",
        rf"{THANKS} (?:\w+ )?for (?:the |my |all the )?(?:\d+|two|three|four|five|several) (?:hours?|hrs?"
        r"|days?|weeks?|minutes?|mins?|months?) (?:\w+ ){0,2}(?:delay|wait|wasted|on hold|hold|late)",
        rf"(?:what an?|such an?|another|yet another) {GOOD} (?:\w+ )?(?:service|experience|flight|start"
        rf"|day) {REST}(?:late|delay\w*|cancel\w*|broken|lost|not|never|no|again|still)",
        "slow clap|yeah,? right|just what i (?:needed|wanted)|how helpful|so helpful of you",
        "(?:real|super) helpful,? (?:guys|not)",
        "(?:gotta|got to|don'?t you|you gotta|just|absolutely|really) love (?:it when|when|how|waiting"
        "|being|getting|sitting|having)",
        "love (?:how|it when|when|waiting|being (?:on hold|charged|ignored|stuck"
        r"|lied)) (?:\w+ ){0,4}(?:late|don'?t|doesn'?t|can'?t|won'?t|never|not|hold|hours|charge\w*"
        r"|ignor\w*|cancel\w*|delay\w*|crash\w*|broken?)",
        rf"{GOOD} (?:fucking |bloody |damn )?{_WORK},? (?:guys |as always |once again |again )?(?:ruining"
        "|losing|cancell?ing|delaying|screwing|not|on (?:ruining|losing|making me wait))",
        "nothing like (?:waiting|paying|being|getting|spending|having|sitting)|gracias por nada",
        "danke f(?:u|ue)r nichts|merci pour rien|obrigad[oa] por nada|grazie per niente",
    ),
    signs=(
        r"#(?:sarcasm|thanksfornothing|slowclap|not)\b",
        rf"(?s)\b(?:{GOOD}|{THANKS})\b.*(?:\.\.\.\s*not\b|[\s.]not!*\s*$)",
        rf"(?s)\b(?:{THANKS}|{GOOD} {_WORK}|bravo|well done|congrats|congratulations|love (?:how|it"
        rf"|that))\b.*{_UNHAPPY_FACE}",
        rf"(?s){_UNHAPPY_FACE}.*\b(?:{THANKS} (?:for|a lot|a bunch|so much)|{GOOD} (?:job|work|going"
        r"|service))\b",
        rf"(?s)\b{GOOD}\W+(?:\S+\s+)?{_WORK}\b[^.]*🤔",
    ),
    unless=(r"(?s:.*)(?:sorry|embarrass\w*|my (?:bad|fault|mistake))(?s:.*)",),
)

COMPLAINT = Pattern(
    "is_complaint",
    "Blames the brand, its service or its product",
    "customer",
    phrases=(
        r"terrible|awful|worst|horrible|horrendous|horrific|pathetic|disgust\w+|disgrac\w+|useless|abysmal",
        r"dire|unaccept\w+|inexcusable|ridiculous|absurd|appall\w+|atrocious|dreadful|shocking|shambl\w+",
        "fiasco|incompeten(?:t|ce)|farce|nightmare|garbage|trash|rubbish|crap(?:py)?|bullshit",
        r"shit(?:ty|e|show)?|wtf|irritat\w+|painful|sloppy|amateur(?:ish)?|jerks?|idiots?|morons?|clowns?",
        "hangs up|get (?:your|ur) act together|wouldn'?t let (?:me|us)",
        "(?:is|are|such|absolute|complete|total|what|big|bad) (?:an? )?(?:absolute |complete |total |bad "
        "|sick )?jokes?",
        "joke of an?|rip ?-?off|scam(?:med|mers?|ming)?|fraudsters?|cheat(?:ed|ing|ers?)?|thie(?:f|ves)",
        "robb(?:ed|ing|ery)|stole(?:n)? (?:my|from)|crooks?|liars?|lied|lying to",
        "(?:you|y'?all|u|they) (?:just )?lie|lies|misl(?:ed|eading)",
        "(?:poor|bad|lousy|disappointing|slow|shoddy|zero) (?:customer )?(?:service|support|care"
        "|communication|experience|quality)",
        "(?:service|support|app|website|site|update|company|airline|network"
        r"|product) (?:\w+ ){0,2}(?:stinks?|is (?:so |very |really |just |absolutely )?(?:poor|bad|slow))",
        "suck(?:s|ed|ing)?|fuck(?:ed|ing|in|s)?|piss(?:ed|ing|es)|screw(?:ed|ing)|fed up",
        r"sick (?:of|and tired)|tired of|had enough|enough is enough|frustrat\w+|infuriat\w+|furious|fuming",
        r"angry|livid|outrag\w+|(?:so|really|am) mad|disappoint\w*|dissatisf\w+|unhappy|unimpressed",
        "annoy(?:ed|ing|s)|upset(?:ting)?|hate[ds]?|let (?:me|us) down",
        "not (?:at all |very |really |too )?(?:happy|impressed|satisfied|good enough|acceptable|ok|okay"
        "|cool|fair|right)",
        "waste of (?:time|money|space)|wast(?:ed|ing) (?:my|our)|rude(?:ly|ness)?|unprofessional",
        r"disrespect\w*|ignor(?:e|ed|es|ing) (?:me|us|my|your customers?|customers?)|hung up on",
        "on hold (?:for|with|since)|over ?charg(?:ed|ing)|double charged",
        "charged (?:me |us )?(?:twice|double)|took (?:my|the) money|refus(?:e|ed|es|ing) to",
        r"(?:been|still|keep|kept|left) waiting|wait(?:ed|ing) (?:\w+ ){0,3}(?:hours|hrs|days|weeks|months)",
        rf"{_WHO} (?:\w+ )?(?:answers?|answered|repli\w+|respond\w*|helps?|helped|called|cares?)",
        "(?:doesn'?t|don'?t|do not|does not|didn'?t) (?:even )?(?:care|bother|give a)",
        "could(?:n'?t)? care less|how (?:hard|difficult) (?:is it|can it be)|ruin(?:ed|ing|s)",
        "fail(?:ed|ing|s|ure)? (?:again|at|me|us|miserably)|epic fail|what a fail|never again",
        "no (?:apology|explanation|excuses?)|(?:late|delayed|cancell?ed|yet) again",
        r"(?:always|constantly|consistently|continually) (?:late|delayed|slow|bad|poor|down|crash\w*"
        "|problems|issues)",
        r"complain(?:t|ts|ed|ing)?|shame on|shameful|sort (?:yourselves|yourself|your \w+) out|sort it out",
        "get (?:it|your (?:shit|act)) together|(?:need to|must|should|can) do better|how (?:you|u) treat",
        "what(?:'s| is) the point|not what i (?:ordered|paid|expected|was told)",
        r"shouldn'?t (?:have to|be this|take)|pesim[oa]s?|verg(?:u|ue)enza|estafa\w*|inaceptable",
        r"unversch(?:a|ae)mt|schlecht\w*|entt(?:a|ae)usch\w*|honte(?:ux)?|arnaque\w*|inadmissible",
        "inacceptable|pessim[oa]|absurdo|vergonha|horrivel",
        "(?:so|too|very|really|unnecessarily|impossibly|such a|is|are|it's) (?:difficult|hard|complicated"
        "|confusing|clunky|buggy) to (?:use|navigate|operate|get (?:through|hold)|reach|contact|cancel|log)",
        "(?:nothing is|not|isn'?t|is not) intuitive|unintuitive|ashamed of (?:yourself|yourselves)",
        "(?:try|tries|tried|trying) to (?:over)?charge (?:me|us)",
    ),
    signs=(
        r"#\w*(?:fail|shambles|worst\w*|badservice|poorservice|sucks|disgrace|neveragain|ripoff|scam)\b",
        "[🤬😡😠🖕💩]|最悪|ひどい|酷い",
    ),
    unless=(
        "not (?:a )?complain(?:t|ing)|no complaints?|(?:can'?t|cannot|won'?t) complain",
        r"hate to (?:bother|ask)|never disappoint\w*",
        r"(?:doesn'?t|don'?t|didn'?t|not|won'?t) (?:be )?disappoint\w*",
    ),
)

_FAILS = (
    r"(?:doesn'?t|does not|doesnt|didn'?t|did not|don'?t|hasn'?t|has not|haven'?t|isn'?t|isnt|is not|wasn'?t"
    r"|aren'?t"
    r"|never|not|won'?t|wouldn'?t)"
)

DENIES_FIX = Pattern(
    "denies_fix",
    "Says that it is not mended, not done, or not answered",
    "customer",
    phrases=(
        "still (?:not|isn'?t|doesn'?t|won'?t|can'?t|cannot|haven'?t|hasn'?t|don'?t|didn'?t|no|nothing"
        r"|the same|same|having|getting|waiting|broken|down|unable|happen\w+|an issue|a problem|says|saying"
        r"|showing|stuck|pending|unresolved|need|wrong|missing|on hold|persists?|crash\w*|freez\w+|failing)",
        rf"{_FAILS} (?:seem to |even |really |actually |been )?(?:work(?:ed|ing)?|help(?:ed|ing|ful)?"
        "|fix(?:ed)?|solved?|resolved?|sorted|make (?:a|any) difference|change[d]? (?:anything|a thing))",
        rf"{_NOT_BEEN} (?:\w+ ){{0,2}}{FIXED}|unresolved|unsolved|(?:isn'?t|not) over|persist(?:s|ed|ing)?",
        "same (?:exact |damn )?(?:issue|problem|thing|error|message|result|story|response|answer|outcome)",
        "no (?:luck|joy|changes?|difference|reply|replies|response|answers?|resolution|solution|success"
        "|avail)",
        "no (?:help at all|call ?back|updates? (?:yet|since|from)|one (?:to|at))|to no avail",
        "back to square one",
        rf"{_WHO} (?:\w+ ){{0,2}}(?:repl\w+|respond\w*|answer\w*|call(?:s|ed|ing)?|contact(?:ed|s)?|help(?:s"
        r"|ed|ing)?|got back|gets back|came|showed|resolv\w+|fix\w*|reached)",
        "already (?:did|done|tried|have|had|sent|dm'?e?d|messaged|emailed|contacted|gave|given|provided"
        "|called|reported|restarted|checked|updated|reset|rebooted|reinstalled|cleared|been|spoke|told"
        "|said|explained|filed|filled|replied|responded)",
        "(?:i have|i've|ive|we've|we have) (?:tried|done) (?:that|this|it|all|both|those|these|everything"
        "|every)",
        "(?:did|done|tried) (?:that|this|it|so|all that|everything|both|those|all of (?:that|this|them"
        r"|those))(?: \w+)? (?:already|before|several|many|multiple|twice|\d+ times|but|and (?:it|still"
        "|nothing|no))",
        r"i tried (?:that|this|it|everything|all|both|those|these)|tried (?:all|every)\w*",
        "i just (?:said|told you) (?:that|it)?",
        "nothing (?:works|worked|has (?:changed|happened)|changed|happened|helps|helped|is working|yet"
        "|so far)",
        "(?:keeps?|kept) (?:happening|crashing|freezing|failing|saying|getting|dropping|doing|giving"
        "|telling|going|being)",
        "happen(?:ed|ing|s|ing again)? again|(?:down|broken|out|out of service|stopped|not working) again",
        "yet to (?:receive|hear|get|be|see|arrive)|(?:has|have|had) yet to",
        "(?:haven'?t|have not|hasn'?t|has not|didn'?t|did not|never|not) (?:yet |even "
        "|been )?(?:receive[d]?|got(?:ten)?|contacted|refunded|answered|arrived?|hear(?:d)? (?:back"
        "|anything|from))",
        "(?:that'?s|that is|this is|it'?s|which is) not (?:what|the (?:issue|problem|point|answer)|helpful"
        "|an answer|true)",
        "(?:doesn'?t|does not|didn'?t|did not) (?:answer|address|tell me|reply|respond|show up|arrive|come)",
        "(?:is|are) (?:not|nt|n't) (?:responding|replying|answering)",
        "can'?t get (?:through|hold|anyone|an answer|any)|sigue (?:sin|igual)",
        "no (?:funciona|sirve|me (?:responden|contestan|ayudan|ha llegado))|todavia no|aun no",
        "geht (?:immer noch )?nicht|funktioniert (?:immer noch |leider )?nicht|immer noch",
        "toujours (?:pas|rien)|ne (?:marche|fonctionne) (?:toujours )?pas",
        "nao (?:funciona|resolveu|recebi|chegou)|ainda nao",
    ),
    signs=("まだ.*(?:ない|ません|ず)|直らない|届かない|届きません|届いてない|届いていない",),
    unless=(
        "(?:if|in case|unless) (?:it|this|that) [^.!?]*|no answer needed",
        "(?:no reply|no response) (?:needed|necessary|required)",
    ),
)
