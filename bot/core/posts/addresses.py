"""Addresses of people, houses and sites, plain or dressed up. Texts come as they look: see ``letters``."""

import re2

from bot.core.posts.content import listed

_PROVIDERS = r"(?:g ?-?mails?|google ?mail|hot ?mail|out ?look|yahoo|ymail|icloud|aol|btinternet|proton ?mail|live|sky|virgin ?media|talk ?talk|gmx|me|mail|msn|nhs)"
_TLD = r"(?:com|co|org|net|uk|info|io|gov|nhs|ac|edu|biz|eu|tv|me|app|shop|online|site|pl|ie|de|us|ly|gg|live|link|blog|club|health|store|xyz)"
_AT = r"(?:@|\(at\)|\[at\]|\{at\}|<at>|-at-|_at_| at |\(a\)|\[a\]|\(@\)| @ | arroba )"
_DOT = r"(?:\.|,| ?\(dot\) ?| ?\[dot\] ?| ?\{dot\} ?| ?-dot-? ?|_dot_| dot | ?\(\.\) ?| ?\[\.\] ?| ?\(full stop\) ?| full ?stop | point | d0t | \. ?)"
_SPELLED = r"(?: ?[(\[{<] ?(?:dot|\.|point) ?[)\]}>] ?|-dot-|_dot_| dot | d0t | full ?stop | point )"

_EMAIL = re2.compile(
    rf"[a-z0-9][a-z0-9._%+-]* ?@ ?[a-z0-9-]+ ?{_DOT} ?[a-z]{{2,}}"
    rf"|[a-z0-9](?:{_AT}) ?[a-z0-9-]+ ?{_SPELLED} ?{_TLD}\b"
    r"|[a-z0-9](?:@| ?[\[({<]at[\])}>] ?| at )[a-z0-9-]+\.(?:com|co|org|net|uk|info)\b"
    rf"|[a-z0-9] ?{_AT} ?(?:g ?-?mail|google ?mail|hot ?mail|yahoo|ymail|icloud|btinternet|proton ?mail|aol)\b"
    rf"|\b(?:at|@) ?(?:{_PROVIDERS}) ?{_DOT} ?{_TLD}\b"
    r"|\b[a-z0-9._]+(?:@|\bat\b ?)(?:gmail|hotmail|icloud|yahoo)\b"
    r"|\b(?:gmail|hotmail|googlemail|btinternet|protonmail|ymail|yahoo|icloud) ?(?:\.|dot|d0t|,) ?co"
    r"|\bmoc\.|\bku\.oc\.|liamg|liamtoh"
)
_HINTS = ("@", "at", "mail", "moc", "yah", "cloud", "dot")
_LINK = re2.compile(
    r"\bh(?:tt|xx|t t )p ?s?(?: ?:| ?/|\b colon)|https?|\bw ?w ?w ?(?:\.|,| dot |\(dot\))|\bwww\b|\bdouble ?u double ?u|\bworld wide web\b"
    r"|\b[a-z0-9-]{2,}\.(?:com|org|net|co\.uk|org\.uk|gov\.uk|nhs\.uk|ac\.uk|uk|info|biz|io|ly|gg|ee|tv|xyz|eu|ie|pl|de|shop|store|website)(?:\b|/)"
    r"|\b[a-z0-9-]{2,}\.[a-z]{2,10}/[a-z0-9?]"
    r"|\b[a-z0-9-]{2,} ?(?:\(dot\)|\[dot\]|\{dot\}|-dot-|\(\.\)|\[\.\]|<dot>) ?[a-z]{2,}"
    r"|\b(?:dot|d0t|dott|punkt|full ?stop) ?(?:com|c0m|kom|co|org|net|uk|info|gov|c o m|o r g|cum|biz|shop|eu)\b"
    r"|\bdotcom|\bdotorg|\bdotco\b|\bdotuk"
    r"|\b[a-z0-9-]{3,} ?(?:\. | \.|,) ?(?:com|co ?\.? ?uk|org ?\.? ?uk|c o m)\b|\b(?:t|wa|fb|m)\.me/"
    r"|\b(?:forward )?slash (?:[a-z]+ )?slash\b|\b(?:tiny ?url|bit ?ly|link ?tree|linktr)\b"
)
_HANDLE = re2.compile(r"(?:^|[\s(\[\"':,;>/])@ ?([A-Za-z0-9_][A-Za-z0-9_.]{2,})")
_NO_HANDLE = frozenset(
    listed(
        "home night work the clinic hospital least last lunch lunchtime bedtime tea teatime breakfast dinner noon midday "
        "midnight gym pharmacy surgery weekend weekends times half present all first least your my this that once about "
        "around physio rehab everyone host hosts moderator team admin anyone everybody nhs school uni church"
    )
)
_NAME_LIKE = re2.compile(r"\b(?:[a-z]+[._][a-z0-9._]*[0-9_][a-z0-9_]*|[a-z]{3,}_[a-z0-9_]+)\b")

_AREA = (
    r"(?:ab|al|b|ba|bb|bd|bh|bl|bn|br|bs|bt|ca|cb|cf|ch|cm|co|cr|ct|cv|cw|da|dd|de|dg|dh|dl|dn|dt|dy|e|ec|eh|en|ex|"
    r"fk|fy|g|gl|gu|gy|ha|hd|hg|hp|hr|hs|hu|hx|ig|im|ip|iv|je|ka|kt|kw|ky|l|la|ld|le|ll|ln|ls|lu|m|me|mk|ml|n|ne|ng|"
    r"nn|np|nr|nw|ol|ox|pa|pe|ph|pl|po|pr|rg|rh|rm|s|sa|se|sg|sk|sl|sm|sn|so|sp|sr|ss|st|sw|sy|ta|td|tf|tn|tq|tr|ts|"
    r"tw|ub|w|wa|wc|wd|wf|wn|wr|ws|wv|yo|ze)"
)
_INWARD = r"[0-9o][ .\-_*]?[abdefghjlnpqrstuwxyz][ .\-_*]?[abdefghjlnpqrstuwxyz]"
_POSTCODE = re2.compile(
    rf"\b({_AREA})[ .\-_*]{{0,2}}([0-9][0-9oabcdefghjkpstuw]?)[ .,\-_*/\n]{{0,3}}({_INWARD})\b"
)
_SPELT = re2.compile(r"\b[a-z0-9](?:[ .,\-_*/\n]{1,2}[a-z0-9]\b){4,7}")
_NO_INWARD = frozenset(
    listed(
        "st lb lbs ug yr yrs hr hrs th nd rd pt pts ft ls ds st ed es pe ps us as at an ad be by he of on or so to up we x"
    )
)
_UPPER_POSTCODE = re2.compile(r"\b[A-Z]{1,2}[0-9][0-9A-Z]?[ .\-_]{0,2}[0-9O][ABD-HJLNP-UW-Z]{2}\b")

_STREET = (
    r"(?:street|road|avenue|lane|crescent|cresent|terrace|grove|gardens|gdns|close|drive|mews|cottages|cottage|walk|"
    r"court|house|place|square|way|row|rise|hill|green|park|view|parade|villas|rd|ave|cres|st|ln|dr|cl)"
)
_STREET_CAP = rf"(?:{'|'.join(word.capitalize() for word in _STREET[3:-1].split('|'))})"
_SURE_STREET = r"(?:street|road|avenue|crescent|cresent|terrace|grove|mews|close|rd|ave|cres|lane)"
_CASED_STREET = re2.compile(
    rf"\b(?:[0-9]{{1,4}}[A-Za-z]?|[Nn]umber [a-zA-Z0-9-]+)[,.]?\s+(?:the\s+|The\s+)?(?:[A-Z][a-z'’.-]+\s+){{1,3}}(?:(?i:{_SURE_STREET})|{_STREET_CAP})\b"
)
_LIVES_STREET = re2.compile(
    r"\b(?:live|lives|living|moved|house|flat|bungalow|mine|address|based|round|parked)\b[^.!?\n]{0,25}?"
    rf"\b(?:on|at|in|off|to|of|is|near)\s+(?:[A-Z][a-z'’-]+\s+){{1,3}}(?i:{_SURE_STREET}|st|drive|gardens|court|way|house|place)\b"
)
_PLAIN_STREET = re2.compile(
    rf"\b(?:[0-9]{{1,3}}[a-z]?|number [a-z0-9]+|flat [0-9a-z]+)[, ]+((?:[a-z']+ ){{1,3}}){_SURE_STREET}\b"
)
_NO_STREET = frozenset(
    listed(
        "a an the of on in to from down up along across my our this that one minutes minute mins min miles mile hours times "
        "days day weeks years doses dose tablets units metres yards people houses doors steps mg more or and then with by "
        "for at is was busy main same each every long ago i we you it very hour km lengths laps cars lane is got"
    )
)
_FLAT = re2.compile(
    r"\b(?:live|lives|living|am|i\x27m|im|me|mine|we are|address is|come to|round to|moved) (?:in|at|to|is|into)? ?(?:flat|apartment|apt) (?:number |no\.? ?)?[0-9]{1,3}[a-z]?\b|\b(?:flat|apartment|apt) [0-9]{1,3}[a-z]?, ?(?:[0-9]|[a-z]+ (?:court|house|lodge|tower|point|street|road))|\b(?:my|our) (?:house|door|flat) (?:number|no) is\b|\bflat [a-h],"
)


def email(plain: str) -> bool:
    if not any(hint in plain for hint in _HINTS):
        return False
    return _EMAIL.search(plain) is not None or (
        "0" in plain and _EMAIL.search(plain.replace("0", "o")) is not None
    )


def handle(cased: str, plain: str) -> bool:
    """`@name`; a member who is spoken to by a first name, `@Margaret`, is none."""
    if "@" in plain:
        for found in _HANDLE.finditer(cased):
            written = found[1] or ""
            if (written[:1].isupper() or not found.start()) and written.isalpha() and len(written) <= 12:
                continue
            name = written.strip("._").lower()
            if len(name) > 2 and name not in _NO_HANDLE and not name[0].isdigit():
                return True
    return "_" in plain and _NAME_LIKE.search(plain) is not None


def link(plain: str) -> bool:
    return _LINK.search(plain) is not None


def postcode(cased: str, plain: str) -> bool:
    if _UPPER_POSTCODE.search(cased):
        return True
    for found in _POSTCODE.finditer(plain):
        inward = "".join(sign for sign in (found[3] or "")[1:] if sign.isalpha())
        if inward not in _NO_INWARD:
            return True
    spelt = ("".join(sign for sign in found[0] or "" if sign.isalnum()) for found in _SPELT.finditer(plain))
    return any(map(_POSTCODE.fullmatch, spelt))


def house(cased: str, plain: str) -> bool:
    if _CASED_STREET.search(cased) or _LIVES_STREET.search(cased) or _FLAT.search(plain):
        return True
    return any(_NO_STREET.isdisjoint((found[1] or "").split()) for found in _PLAIN_STREET.finditer(plain))
