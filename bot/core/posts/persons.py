"""Real names of people and of small places in a post. First names alone may stand; names are seen by their capitals."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise

import re2

from bot.core.posts.content import listed

_CAP = r"[A-Z][a-z]+(?:['’-][A-Z]?[a-z]+)*|(?:Mac|Mc|O['’]|De|Fitz)[A-Z][a-z]+"
_TITLE = (
    r"(?:D[rR]|Doctor|M[rR]|M[rR][sS]|Ms|Miss|Mx|Prof|Professor|Nurse|Sister|Matron|Rev|Reverend|Father|Imam|Pastor|Sir|Lady|Dame|"
    r"dr|doctor|mr|mrs|ms|miss|prof|professor|nurse|sister|matron)"
)
_TITLED = re2.compile(
    rf"\b(?:{_TITLE}|(?:[DM][rR]|[dm]r|M[rR]?[sS]|m[rs]s?|Prof|prof|Rev)\.) +(?:[A-Z]\.? +)?({_CAP})(?: +(?:(?:van|von|de|al|el|bin|ibn|O) +)?({_CAP}))?"
)
_PLAIN_TITLED = re2.compile(
    r"\b(dr|doctor|mr|mrs|ms|miss|prof|professor|nurse|sister|consultant|surgeon)\.? ([a-z'-]{3,})\b(?: ([a-z'-]{3,}))?"
)
_PAIR = re2.compile(rf"\b({_CAP}) +(?:[A-Z]\.? +|(?:van|von|de|al|el|bin) +)?({_CAP})\b")
_ROLE = (
    r"(?:GP|gp|doctor|consultant|surgeon|physio|physiotherapist|dietitian|dietician|nurse|therapist|psychologist|counsellor|"
    r"specialist|podiatrist|cardiologist|pharmacist|chemist|registrar|oncologist|diabetologist|midwife|carer|matron|sister|"
    r"host|receptionist|manager|boss|neighbour|landlord|friend|mate|daughter|son|wife|husband|partner|brother|sister|mum|dad|"
    r"cousin|uncle|auntie|aunt|ex|girlfriend|boyfriend|nephew|niece|colleague|teacher|vicar|social worker|support worker)"
)
_ROLED = re2.compile(
    rf"\b{_ROLE},? +(?:was |is |called |named |name is |is called |was called |there is |there was )?({_CAP}) +({_CAP})\b"
)
_ROLE_SURNAME = re2.compile(
    rf"\b(?:GP|gp|consultant|surgeon|cardiologist|oncologist|specialist|registrar),? +(?:is|was|called|named) +(?:a )?({_CAP})\b"
)
_SAID = re2.compile(
    r"\b(?:my|his|her|our|the) (?:full |real |actual |proper |birth |legal |whole |own |married |maiden )*(?:name is|names|name's|name was) +"
    r"([a-z'-]+) +(?:[a-z] +)?([a-z'-]{2,})\b"
    r"|\b(?:real|full|legal|actual|proper) name(?:'s| is|:) +([a-z'-]+)\b"
    r"|\b(?:surname|last name|second name|family name|maiden name|married name)(?:'s| is| was|:)+ +([a-z'-]+)"
    r"|\bspelt ([a-z])-[a-z]-"
)
_SURNAMED = re2.compile(
    r"\b(?:[Ss]urname|[Ll]ast name|[Rr]eal names?|[Ff]ull names?)[,:]? +(?:is |was )?[A-Z][a-z]+"
)
_NO_NAME = frozenset(
    listed(
        "and but so i im is was or from the a an in at on to my here not because just if you it that who what with have "
        "changed hard difficult long too private confidential on safe secret there of for not different isn't isnt never hidden nice no one"
    )
)
_SIGNED = re2.compile(
    rf"(?:[Rr]egards|[Ll]ove(?: from)?|[Ss]igned|[Yy]ours(?: \w+)?|[Tt]hanks|[Cc]heers|[Bb]est wishes|[Tt]his is|I['’]?m|I am|[Nn]ame['’]?s|[Cc]alled|[Nn]amed|[Kk]nown as|[Aa]sk for|[Ll]ook for|[Mm]y name is)[,:]?\s+({_CAP}) +({_CAP})\b"
)
_KIND_OF_PLACE = (
    r"(?:Ward|Surgery|Medical Centre|Medical Practice|Health Centre|Medical Group|Practice|Primary|Primary School|School|Infants|Juniors|Academy|High School|Nursery|"
    r"Care Home|Nursing Home|Residential Home|Lodge|Hospice|Dental Practice|Pharmacy|Chemist|Chemists|Garage|Bakery|Butchers|Florist|Florists|"
    r"Hairdressers|Salon|Working Mens Club|Social Club|Community Centre|Parish Church|Church|Mosque|Motors|Garage|Cafe|Arms|Inn|Library|Clinic|Unit|Day Centre|House Surgery)"
)
_PLACE = re2.compile(
    rf"\b((?:(?:St\.? +)?{_CAP}|[A-Z]{{2,}})(?: +(?:St\.? +)?{_CAP})?) +{_KIND_OF_PLACE}\b|\b(?:[Tt]he) ({_CAP}) (?:ward|surgery|unit)\b|\b[Ww]ard (?:called )?({_CAP})\b"
)
_PLAIN_PLACE = re2.compile(r"\b(?:bay|bed) [0-9a-z]{1,2},? (?:on |of |in )?ward")
_NUMBERED_WARD = re2.compile(
    r"\b[Ww]ard (?:[0-9]+[A-Za-z]?|[A-Z][0-9]*|[a-z]+teen|one|two|three|four|five|six|seven|eight|nine|ten|twelve),? ?(?:at|in|of|over at|up at) (?:the )?(?:[A-Z])"
)
_WORKS = re2.compile(
    rf"\b(?:I|i|we|[Hh]e|[Ss]he|wife|husband|daughter|son|mum|dad|partner|who|and|also|still)(?:['’]?m| am| is| was| have| has)? (?:also |still |only |used to |currently |usually )*(?:work|works|worked|working|teach|teaches|taught|volunteer|volunteers|manage|manages|run|runs|own|owns|employed|clean|cook)"
    rf"(?: [a-z]+){{0,4}} (?:at|for) (?:the |a )?((?:St\.? +)?(?:{_CAP})(?: (?:{_CAP}|and|&|of))*)([^.!?\n]{{0,30}})"
)
_INTRODUCED = re2.compile(
    rf"\b(?:[Ii]['’]?m|[Ii] am|[Mm]y name['’]?s|[Mm]y name is|[Ii]t['’]?s|[Tt]his is) +({_CAP}) +({_CAP})(?: +(?:here|from|speaking|again)\b|, (?:from|retired|aged|[0-9]))"
)
_SHOUTED = re2.compile(
    r"\b(?:DR|MR|MRS|MS|MISS|PROF|PROFESSOR|NURSE|SISTER)\.? +([A-Z][A-Z'-]+)(?: +([A-Z][A-Z'-]+))?"
)
_DOUBLE = re2.compile(r"[A-Z][a-z]+-[A-Z][a-z]+")
_NICKNAMED = re2.compile(
    r"\b(?:call|calls|called|calling|name|named|nicknamed|christened) (?:him|her|it|them|that|this|the [a-z]+|(?:my|our) [a-z]+(?: [a-z]+)?) +(?:[A-Z][a-z]+\. +(?:[A-Z][a-z]+ +)?)?$"
    r"|\bmore +$|\bmore (?:like )?(?:a )?$"
)
_IN_TOWN = re2.compile(rf"\b(?:in|on|at|near|branch|store) ?(?:the )?(?:{_CAP})")
_NO_PLACE = frozenset(
    listed(
        "the my our a an your his her this that local mental primary secondary diabetes diabetic pain foot eye heart copd nhs gp day weight "
        "health warfarin memory breast fracture asthma respiratory cardiac stroke medical surgical general private boots lloyds superdrug "
        "well covid flu virtual high special old new same next big small nice lovely good acute emergency high intensive care coronary children "
        "childrens maternity forest summer boarding art driving drama film grammar infant junior middle language out walk in blood renal kidney cancer oncology chemo rehab pulmonary falls community village sunday every which what "
        "is was so at on to then and but when if skin hearing sleep cpap menopause lung hospital pulmonary phone asda tesco morrisons rowlands"
    )
)


@dataclass(frozen=True)
class Persons:
    """`first`: given names. `last`: surnames that are no ordinary words. `public`: names that anybody may say.
    `common`: capitalised words that are no surnames. `big`: employers too large to tell who somebody is.
    """

    first: Collection[str]
    last: Collection[str]
    public: Collection[str]
    common: Collection[str]
    big: Collection[str]

    def named(self, cased: str, plain: str) -> str | None:
        """What sort of name stands in the text, or None. `cased` as it looks, `plain` the same in small letters."""
        if self._titled(cased, plain):
            return "titled-name"
        if self._pair(cased, plain):
            return "full-name"
        if self._told(cased, plain):
            return "name-told"
        if self._place(cased, plain):
            return "named-place"
        return None

    def _is_surname(self, word: str) -> bool:
        low = word.lower()
        return len(low) > 1 and low not in self.common and low not in _NO_NAME

    def _is_public(self, *words: str) -> bool:
        return " ".join(map(_own, words)).strip() in self.public

    def _titled(self, cased: str, plain: str) -> bool:
        for found in _TITLED.finditer(cased):
            first, second = found[1] or "", found[2]
            low = _own(first.split("-")[0])
            if self._is_public(low, second or "") or low in self.public or _is_nickname(cased, found.start()):
                continue
            if low in self.common or low in _NO_NAME:
                continue
            if low not in self.first or low in self.last:
                return True
            if second and self._is_surname(second):
                return True
        for found in _PLAIN_TITLED.finditer(plain):
            if found[2] in self.last or (found[2] in self.first and found[3] and found[3] in self.last):
                return True
        return False

    def _pair(self, cased: str, plain: str) -> bool:
        for first_cased, second_cased, at in _pairs(cased):
            first, second = first_cased.lower(), _own(second_cased)
            if self._is_public(first, second) or not self._is_surname(second) or _is_nickname(cased, at):
                continue
            if _DOUBLE.fullmatch(second_cased) and self._is_surname(first) and first not in self.big:
                return True
            if first in self.first and (second not in self.first or second in self.last or second in _BOTH):
                return True
            if (
                second in self.last
                and first not in self.common
                and first not in _NO_NAME
                and first in self.first
            ):
                return True
        if any(word in self.last for word in plain.split()):
            for word, after in _neighbours(plain):
                if word in self.first and after in self.last and not self._is_public(word, after):
                    return True
        return False

    def _told(self, cased: str, plain: str) -> bool:
        for found in _SIGNED.finditer(cased):
            first, second = (found[1] or "").lower(), (found[2] or "").lower()
            known = first in self.first or second in self.last
            if known and self._is_surname(second) and not self._is_public(first, second):
                return True
        for found in _INTRODUCED.finditer(cased):
            first, second = found[1] or "", found[2] or ""
            if self._is_surname(first) and self._is_surname(second) and not self._is_public(first, second):
                return True
        for found in _SHOUTED.finditer(cased):
            first, second = (found[1] or "").lower(), (found[2] or "").lower()
            parts = {*first.split("-"), *second.split("-")}
            if "-" in second or (not parts.isdisjoint(self.last) and not self._is_public(first, second)):
                return True
        for found in _ROLED.finditer(cased):
            first, second = (found[1] or "").lower(), (found[2] or "").lower()
            names = self._is_surname(first) and self._is_surname(second)
            if names and f"{first} {second}" not in self.public:
                return True
        for found in _ROLE_SURNAME.finditer(cased):
            name = (found[1] or "").lower()
            if self._is_surname(name) and name not in self.first:
                return True
        if "name" in plain or "spelt" in plain:
            if _SURNAMED.search(cased):
                return True
            for found in _SAID.finditer(plain):
                if (
                    found[1]
                    and found[1] not in _NO_NAME
                    and found[2] not in _NO_NAME
                    and found[2] not in self.common
                ):
                    return True
                if (
                    (found[3] and found[3] not in _NO_NAME)
                    or (found[4] and found[4] not in _NO_NAME)
                    or found[5]
                ):
                    return True
        return False

    def _place(self, cased: str, plain: str) -> bool:
        for found in _PLACE.finditer(cased):
            words = (found[1] or found[2] or found[3] or "").lower().replace("st. ", "st ").split()
            if not all(word in _NO_PLACE or word in self.common or word in self.big for word in words):
                return True
        if "ward" in plain:
            if _PLAIN_PLACE.search(plain):
                return True
            if _NUMBERED_WARD.search(cased):
                return True
        for found in _WORKS.finditer(cased):
            name = (found[1] or "").lower()
            place = [word for word in name.split() if word not in ("and", "&", "of")]
            big = name in self.big or place[0] in self.big
            if not big and not all(word in self.common or word in _NO_PLACE for word in place):
                return True
            if big and _IN_TOWN.search(found[2] or ""):
                return True
        return False


_BOTH = frozenset(
    listed(
        "james thomas george david john martin simon paul scott lee craig dean ryan kelly kerry leslie graham stewart stuart russell jordan morgan owen evans rhys lewis harvey gordon grant neil ross douglas murray bruce clark alexander patrick francis oliver arthur joseph henry daniel ellis"
    )
)


def _own(word: str) -> str:
    """In small letters, without the 's of what belongs to somebody."""
    low = word.lower()
    return low[:-2] if low.endswith(("'s", "’s")) else low


def _pairs(cased: str) -> Iterator[tuple[str, str, int]]:
    """Capitalised words beside each other and where they stand; each word may be the second of one and the first of the next."""
    at = 0
    while found := _PAIR.search(cased, at):
        yield found[1] or "", found[2] or "", found.start()
        at = found.start(2)


def _is_nickname(cased: str, at: int) -> bool:
    """What somebody calls a thing, a pet, or a person in fun stands there."""
    return _NICKNAMED.search(cased[max(0, at - 40) : at]) is not None


def _neighbours(plain: str) -> list[tuple[str, str]]:
    """Words beside each other with nothing but a space between."""
    words = plain.split(" ")
    return [(word, after.rstrip(".,!?;:)'\n")) for word, after in pairwise(words)]
