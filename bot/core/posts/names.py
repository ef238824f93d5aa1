"""Which made-up names a member may take."""

import re
import unicodedata

import re2

from bot.core.posts import addresses
from bot.core.posts.figures import reachable_by
from bot.core.posts.letters import as_seen, unleeted

SHORTEST_NAME, LONGEST_NAME = 2, 24
_NETWORK = re2.compile(
    r"whats ?app|wots ?app|face ?book|insta(?:gram)?\b|\big\b|snap ?chat|telegram|tik ?tok|\bdm ?me\b|\bfb\b|twitter|discord|messenger|\bskype|"
    r"g ?mail\b|hotmail|\bmsg ?me\b|text ?me|call ?me ?on|ring ?me|\.(?:com|net|org|uk)\b|dot ?com"
)
_STAFF = re2.compile(
    r"(?:^|[^g])hosts?(?:$|[^aei])|staff|m[o0]d[e3]r[a4]t|\bmods?\b|admin|nurse|doct[oe]r|\bdr\b|therapist|\bnhs|bounceback|bounce ?back|official|\bteam\b|"
    r"consultant|clinician|counsel|psycholog|psychiatr|physio|pharmacist|dieti[tc]ian|paramedic|matron|midwife|surgeon|"
    r"practitioner|therapy|\bdoc\b|facilitator|organiser|reception|volunteer|\bpwp\b|\bcbt\b|"
    r"(?:support|social|key|peer|health|care) ?(?:worker|visitor|support|co ?-?ordinator)|\bsupport\b|"
    r"verified|help ?(?:desk|line)|\bgp\b|\bsystem\b|\brobot\b|\b(?:chat ?)?bot\b|clinic\b|samaritan|supervisor|manager|\bcarer?team|"
    r"opiekun|prowadzac|lekar[zk]|pielegniar|terapeut|personel|\bzespol|obslug|ratowni|\bpolozn|konsultant|wolontariusz"
)
_ONESELF = frozenset({"you", "me", "ty", "ja"})
"""What a screen says beside one's own posts."""
_SMALL = re.compile(r"[^a-z0-9]+")
_INNER_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_MARKS = frozenset(" '’-.,&_!?")
_BEGINS_STAFF = re2.compile(
    r"^(?:d ?r|mod|host|admin|staff|nhs|gp|team)(?:[^a-z]|$)|(?:^|[^a-z])(?:mod|host|admin|staff|nhs|team|gp)$"
)


def fit_for_name(text: str) -> bool:
    """A pseudonym: 2 to 24 characters, no contact details, nothing that looks like staff or wears a badge.

    Letters of any script, figures, spaces and the marks of names; no picture, and nothing that cannot be seen.
    """
    name = " ".join(text.split())
    if not (SHORTEST_NAME <= len(name) <= LONGEST_NAME) or not all(map(_may_stand, name)):
        return False
    if not any(sign.isalpha() for sign in name):
        return False
    cased = as_seen(name)
    plain = cased.lower()
    return not _reaches(cased, plain) and not _looks_like_staff(cased) and plain not in _ONESELF


def seen_alike(name: str) -> str:
    """The same for two names that an eye takes for one: without spaces, case, accents, other scripts' look-alikes, and
    with figures and pairs of letters as the letters that they look like.

    >>> seen_alike("R0bin") == seen_alike("Rоbin") == seen_alike("ro bín")
    True
    >>> seen_alike("Sally") == seen_alike("SaIIy") == seen_alike("Sa11y")
    True
    """
    shown = unicodedata.normalize("NFKC", name)
    signs = (as_seen(sign) if sign.isalnum() else sign * _is_vowel(sign) for sign in shown)
    plain = "".join(signs).casefold().translate(_LOOKS_LIKE)
    return plain.replace("rn", "m").replace("vv", "w")


_LOOKS_LIKE = str.maketrans("013457l|", "oieastii")


def _is_vowel(sign: str) -> bool:
    """A sign that makes another word of it, as in Hindi; an accent does not."""
    return unicodedata.category(sign) in ("Mn", "Mc") and not unicodedata.combining(sign)


def _may_stand(sign: str) -> bool:
    return sign in _MARKS or unicodedata.category(sign) in ("Lu", "Ll", "Lt", "Lo", "Mn", "Mc", "Nd")


def _reaches(cased: str, plain: str) -> bool:
    return bool(
        "@" in plain
        or reachable_by(plain, ())
        or sum(map(str.isdigit, plain)) >= 6
        or addresses.email(plain)
        or addresses.link(plain)
        or addresses.postcode(cased, plain)
        or addresses.house(cased, plain)
        or _NETWORK.search(plain)
    )


def _looks_like_staff(cased: str) -> bool:
    plain, apart = cased.lower(), _INNER_CAPITAL.sub(" ", cased).lower()
    readings = {plain, apart, *unleeted(plain)}
    readings |= {_SMALL.sub(" ", each).strip() for each in readings}
    readings |= {_SMALL.sub("", each) for each in readings}
    readings |= {each.replace("rn", "m") for each in readings}
    readings |= {re.sub(r"(.)\1+", r"\1", each) for each in readings}
    return any(_STAFF.search(each) or _BEGINS_STAFF.search(each) for each in readings)
