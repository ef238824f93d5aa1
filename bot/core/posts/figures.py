"""Numbers by which somebody can be reached or known, however they are written; readings, doses, dates and times are not."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.core.posts.content import listed
from bot.core.posts.letters import unleeted

_TOKEN = re.compile(r"[a-z0-9]++(?:'[a-z]++)?|[^\sa-z0-9]")
_MIXED = re.compile(r"(?=[a-z]*\d)[a-z0-9]+")
_COUNTED = re.compile(r"\d{1,6}([a-z]+)")
_LOOK = str.maketrans("oilszbgq", "01152899")
_LOOKS = frozenset("0123456789oilszbgq")
_LETTERS_FOR = {"o": "0", "l": "1", "i": "1", "q": "0"}
_SOUNDS = {"to": "2", "too": "2", "for": "4", "fore": "4", "ate": "8", "won": "1", "tree": "3", "sex": "6"}
_ONES = {
    **dict(
        zip(listed("zero one two three four five six seven eight nine"), map(str, range(10)), strict=True)
    ),
    **dict.fromkeys(listed("oh ow owe nought naught nil nada nowt null aught zip zed0 ohh"), "0"),
    **dict(zip(listed("wun tu thr33 fower fife siks sevn ait niner"), "123456789", strict=True)),
    **dict(zip(listed("dim dau tri pedwar chwech saith wyth naw"), ["0", "2", "3", *"46789"], strict=True)),
    **dict(zip(listed("jeden dwa trzy cztery piec szesc siedem osiem dziewiec"), "123456789", strict=True)),
    **dict(zip(listed("cero uno dos tres cuatro cinco seis siete ocho nueve"), "0123456789", strict=True)),
}
_TEENS = {
    word: str(10 + n)
    for n, word in enumerate(
        listed("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen")
    )
}
_TENS = {
    word: str(2 + n) for n, word in enumerate(listed("twenty thirty forty fifty sixty seventy eighty ninety"))
} | {"fourty": "4"}
_TIMES = {
    "double": 2,
    "dubble": 2,
    "dbl": 2,
    "twice": 2,
    "triple": 3,
    "treble": 3,
    "thrice": 3,
    "quadruple": 4,
}
_UNITS = frozenset(
    listed(
        "mg mgs mcg ug g grams gram kg kgs kilos kilo ml mls l litre litres units unit iu mmol mmols mmhg bpm tablets tablet "
        "pills puffs puff stone st lb lbs pounds pound quid pence p minutes minute mins min m hours hour hrs hr h days day d "
        "weeks week wks wk months month mths years year yrs yr y times x steps miles mile km k metres meters yards am pm "
        "oclock o'clock percent people of calories cals kcal carbs degrees c f floors stairs lengths reps cm mm inches "
        "feet foot ft patients members beds nights night th nd rd ish odd sleeps cups pints mornings sessions visits "
        "points feb jan mar apr may jun jul aug sep sept oct nov dec january february march april june july august "
        "september october november december"
    )
)
_BETWEEN = frozenset(["over", "out"])
_FILLERS = frozenset(
    listed(
        "and then space dash hyphen dot point plus um er uh oh gap comma slash next is the s it's its number numbers digits "
        "digit followed by"
    )
)
_CUES = frozenset(
    listed(
        "ring call phone number numbers mobile mob tel telephone whatsapp wotsapp landline text txt fax bell dial fone "
        "phn moby cell nr num ph buzz sms digits viber extension"
    )
)
_REVERSED = frozenset(listed("backwards backward reverse reversed reversing mirror"))
_MOST_WORDS, _MOST_SIGNS, _CUE_REACH = 3, 8, 8
_LEAST_TOLD = 6
_LEAST_BARE = 9
_MOST_PIECES = 6


@dataclass(frozen=True)
class Atom:
    """Figures that stand together. `at`: the token where they begin, `end` the one behind them."""

    digits: str
    at: int
    end: int
    plus: bool = False
    word: bool = False
    """Said in letters: a digit a word."""


@dataclass
class Run:
    """Atoms with little between them. `told`: a word such as "ring" or "number" stands close before."""

    atoms: list[Atom] = field(default_factory=list)
    told: bool = False

    @property
    def digits(self) -> str:
        return "".join(atom.digits for atom in self.atoms)


def reachable_by(text: str, helplines: Collection[str], *, short: bool = True) -> str | None:
    """Which kind of number stands in a text in plain small letters: a phone number, or another long one; or None.

    `helplines`: figures alone, of numbers that may stand anywhere. `short`: six figures are enough behind "ring me on".
    """
    backwards = "back to front" in text or any(word in text for word in _REVERSED)
    for part in _parts(text):
        if not backwards and not _HOPE.search(part):
            continue
        found = [(m[0], m.start(), m.end()) for m in _TOKEN.finditer(part)]
        tokens = [token for token, _, _ in found]
        tight = [i > 0 and found[i][1] == found[i - 1][2] for i in range(len(found))]
        for run in _runs(tokens, tight, helplines):
            if sort := _sort_of(run, short=short, backwards=backwards):
                return sort
    return None


def _sort_of(run: Run, *, short: bool, backwards: bool) -> str | None:
    count = len(run.digits)
    if backwards and count >= _LEAST_TOLD:
        return "backwards"
    if count >= 8 and _is_phone(run):
        return "phone"
    if any(_is_long(atom.digits) for atom in run.atoms):
        return "long"
    in_a_row = any(len(atom.digits) > 2 or atom.word for atom in run.atoms)
    return "told" if short and run.told and count >= _LEAST_TOLD and in_a_row else None


_NUMBERS = re.compile(
    rf"(?<![a-z0-9])(?=[a-z]*+\d)[oilszbgq0-9]{{6,}}|\d+|\b(?:{'|'.join([*_ONES, *_TEENS, *_TENS, *_TIMES])})\b|[a-z]{{18,}}"
)
_HOPE = re.compile(
    r"(?<![\d.,:/a-z])[0o+]|[a-z]0|zero|nought|naught|nil\b|zip\b|cero|\bdim\b|double|dbl|treble|triple|44|\b7\d{3}|\d{6}|\d{3}\D{1,3}\d{3}"
    rf"|(?:seven|77)\W|[a-z]{{18}}|\b(?:{'|'.join(_CUES)})\b"
)
"""What stands in any number that rings somewhere."""
_LONG_GLUED = 18
_FAR, _CUE_FAR = 70, 60
"""Signs of a text: farther apart than that are not one number; a word that tells of one stands nearer before it."""


def _weight_of(part: str) -> int:
    """How many figures it may stand for, or two where it is one word."""
    if any(map(str.isdigit, part)):
        return len(part)
    return 2 if len(part) < _LONG_GLUED else _LEAST_TOLD


def _parts(text: str) -> Iterator[str]:
    """Those in which figures and words for them stand so close together that they may be one number."""
    start = end = weight = 0
    for found in _NUMBERS.finditer(text):
        if weight and found.start() - end > _FAR:
            if weight >= _LEAST_TOLD - 2:
                yield text[max(0, start - _CUE_FAR) : end + _FAR]
            weight = 0
        if not weight:
            start = found.start()
        end = found.end()
        weight += _weight_of(found[0])
    if weight >= _LEAST_TOLD - 2:
        yield text[max(0, start - _CUE_FAR) : end + _FAR]


def _runs(tokens: Sequence[str], tight: Sequence[bool], helplines: Collection[str]) -> Iterator[Run]:
    run, words, signs = Run(), 0, 0
    last_cue = -_CUE_REACH - 1
    for atom in _without(helplines, _atoms(tokens, tight)):
        if isinstance(atom, int):  # a word, a sign or a reading, by its place
            token = tokens[atom]
            if token in _CUES:
                last_cue = atom
            if not token[0].isalnum() or token in _FILLERS:
                signs += 1
            else:
                words += 1
            if words > _MOST_WORDS or signs > _MOST_SIGNS:
                if run.atoms:
                    yield run
                run, words, signs = Run(), 0, 0
            continue
        if atom.digits == "":  # a reading
            if run.atoms:
                yield run
            run, words, signs = Run(), 0, 0
            continue
        if not run.atoms or last_cue > run.atoms[0].at:
            run.told = run.told or atom.at - last_cue <= _CUE_REACH
        run.atoms.append(atom)
        words = signs = 0
    if run.atoms:
        yield run


def _without(helplines: Collection[str], parts: Iterator["Atom | int"]) -> Iterator["Atom | int"]:
    """Where atoms together are a number that may stand anywhere, a reading in their place."""
    held: list[Atom | int] = [*parts]
    longest = max(map(len, helplines), default=0)
    at = 0
    while at < len(held):
        atom = held[at]
        digits, end = "", at
        matched = 0
        while (
            isinstance(atom, Atom)
            and atom.digits
            and end < len(held)
            and len(digits) <= longest
            and end - at < 24
        ):
            part = held[end]
            if isinstance(part, Atom):
                if not part.digits:
                    break
                digits += part.digits
                if digits in helplines:
                    matched = end + 1
            end += 1
        if matched and isinstance(atom, Atom):
            yield Atom("", atom.at, atom.end)
            at = matched
        else:
            yield atom
            at += 1


def _atoms(tokens: Sequence[str], tight: Sequence[bool]) -> Iterator["Atom | int"]:
    """Figures as atoms, a reading as an atom without any, everything else by its place."""
    at, count = 0, len(tokens)
    before_is_atom = False
    while at < count:
        token = tokens[at]
        made: list[Atom] = []
        end = at + 1
        if token.isdigit():
            made, end = _figures(tokens, tight, at)
        elif token.isalpha():
            if token in _SAYING or len(token) > _LONGEST_WORD:
                made, end = _spoken(tokens, at, before_is_atom)
        elif _MIXED.fullmatch(token):
            made = _mixed(token, at, before_is_atom)
        if made:
            yield from made
            before_is_atom = bool(made[-1].digits)
            at = end
            continue
        before_is_atom = before_is_atom and not token.isalnum()
        yield at
        at += 1


def _figures(tokens: Sequence[str], tight: Sequence[bool], at: int) -> tuple[list[Atom], int]:
    parts, signs, end = [tokens[at]], [], at + 1
    count = len(tokens)
    while (
        end + 1 < count
        and tokens[end] in ".,:/-"
        and tight[end]
        and tight[end + 1]
        and tokens[end + 1].isdigit()
    ):
        signs.append(tokens[end])
        parts.append(tokens[end + 1])
        end += 2
    before = tokens[at - 1] if at else ""
    after = tokens[end] if end < count else ""
    plus = before == "+" or (before == "(" and at > 1 and tokens[at - 2] == "+")
    if before in "£$€" and before:
        return [Atom("", at, end)], end
    if _is_reading(parts, signs) or (after == "%" and len(parts) < 3):
        return [Atom("", at, end)], end
    pair = after in _BETWEEN or before in _BETWEEN
    counted = after in _UNITS or ((after == "x" or (pair and len(parts[0]) <= 3)) and len(parts) == 1)
    if counted and len(parts) == 1 and len(parts[0]) <= 5 and not (parts[0][0] == "0" and len(parts[0]) > 2):
        return [Atom("", at, end)], end
    return [Atom(part, at + 2 * n, at + 2 * n + 1, plus and n == 0) for n, part in enumerate(parts)], end


def _is_reading(parts: Sequence[str], signs: Sequence[str]) -> bool:
    kinds = set(signs)
    if len(parts) == 2:
        first, second = parts
        led = first[0] == "0" and len(first) > 1
        sign = signs[0]
        if sign == ".":
            clock = len(first) <= 2 and len(second) == 2 and int(first) < 24 and int(second) < 60
            return clock or (not led and len(first) <= 4 and len(second) <= 2)
        if sign == ":":
            return len(first) <= 2 and len(second) == 2 and int(first) < 25 and int(second) < 60
        if sign == ",":
            return not led and len(second) == 3 and len(first) <= 3
        if sign == "/":
            return len(first) <= 3 and len(second) <= 3 and (not led or int(first) <= 31)
        return (not led and len(first) <= 3 and len(second) <= 3) or _is_year(first, second)
    if len(parts) == 3 and len(kinds) == 1:
        return (
            _is_date(parts)
            or (kinds == {","} and all(len(part) == 3 for part in parts[1:]) and parts[0][0] != "0")
            or (kinds == {":"} and all(len(part) <= 2 and int(part) < 60 for part in parts))
        )
    return False


def _is_year(first: str, second: str) -> bool:
    return first[:2] in ("19", "20") and len(first) == 4 and len(second) in (2, 4)


def _is_date(parts: Sequence[str]) -> bool:
    first, second, third = parts
    if len(first) == 4:
        first, third = third, first
    return (
        len(first) <= 2
        and len(second) <= 2
        and 1 <= int(first) <= 31
        and 1 <= int(second) <= 31
        and (len(third) == 2 or (len(third) == 4 and third[:2] in ("19", "20")))
    )


def _mixed(token: str, at: int, before_is_atom: bool) -> list[Atom]:
    counted = _COUNTED.fullmatch(token)
    if counted and counted[1] in _UNITS | {"s"}:
        return [Atom("", at, at + 1)]
    least = 2 if before_is_atom else 4
    if (
        len(token) >= least
        and _LOOKS.issuperset(token)
        and (sum(map(str.isdigit, token)) * 2 >= len(token) - 1 or len(token) >= 9)
    ):
        return [Atom(token.translate(_LOOK), at, at + 1)]
    for word in unleeted(token):
        if word in _ONES and len(word) > 2:
            return [Atom(_ONES[word], at, at + 1, word=True)]
    inside = [part for part in re.split(r"[a-z]+", token) if part]
    if sum(map(len, inside)) >= _LEAST_TOLD:
        return [Atom(part, at, at + 1) for part in inside]
    spoken = _run_together(token)
    return [Atom(spoken, at, at + 1, word=True)] if len(spoken) >= 2 else []


_GLUED = re.compile(rf"(double|triple|treble)?({'|'.join(sorted(_ONES, key=len, reverse=True))}|\d)")


def _run_together(token: str) -> str:
    """Of "ohsevenseven": the figures where they and nothing else make up the whole token."""
    digits, at = "", 0
    while at < len(token):
        found = _GLUED.match(token, at)
        if not found:
            return ""
        figure: str = found[2]
        digits += _ONES.get(figure, figure) * (_TIMES[found[1]] if found[1] else 1)
        at = found.end()
    return digits


def _spoken(tokens: Sequence[str], at: int, before_is_atom: bool) -> tuple[list[Atom], int]:
    token = tokens[at]
    after = tokens[at + 1] if at + 1 < len(tokens) else ""
    if token in _TIMES:
        place = at + 1
        if after == "-" and place + 1 < len(tokens):
            place += 1
        one = _one(tokens[place]) if place < len(tokens) else None
        if one is not None and len(one) == 1:
            return [Atom(one * _TIMES[token], at, place + 1, word=True)], place + 1
        return [], at + 1
    if token in _TENS:
        place = at + 1
        if after == "-" and place + 1 < len(tokens):
            place += 1
        one = _ONES.get(tokens[place]) if place < len(tokens) else None
        if one and one != "0":
            counted = place + 1 < len(tokens) and tokens[place + 1] in _UNITS
            return [Atom("" if counted else _TENS[token] + one, at, place + 1, word=True)], place + 1
        return [Atom("" if after in _UNITS else _TENS[token] + "0", at, at + 1, word=True)], at + 1
    if token in _TEENS:
        return [Atom("" if after in _UNITS else _TEENS[token], at, at + 1, word=True)], at + 1
    if token in _ONES:
        if after in _UNITS and after not in ("x", "of", "d", "l"):
            return [Atom("", at, at + 1)], at + 1
        return [Atom(_ONES[token], at, at + 1, word=True)], at + 1
    if before_is_atom and token == "hundred":
        return [Atom("00", at, at + 1, word=True)], at + 1
    if before_is_atom and token == "thousand":
        return [Atom("000", at, at + 1, word=True)], at + 1
    if token in _LETTERS_FOR or token in _SOUNDS:
        near = before_is_atom or _one(after) is not None
        both = before_is_atom and _one(after) is not None
        if (near and token == "o") or both:
            return [Atom(_LETTERS_FOR.get(token) or _SOUNDS[token], at, at + 1, word=True)], at + 1
        return [], at + 1
    if len(token) > _LONGEST_WORD and len(spoken := _run_together(token)) >= 2:
        return [Atom(spoken, at, at + 1, word=True)], at + 1
    return [], at + 1


def _one(token: str) -> str | None:
    """A single figure, in figures or as a word."""
    if token.isdigit():
        return token
    return _ONES.get(token) or _LETTERS_FOR.get(token) or ("0" if token in _TIMES else None)


_SAYING = {*_ONES, *_TEENS, *_TENS, *_TIMES, *_LETTERS_FOR, *_SOUNDS, "hundred", "thousand"}
_LONGEST_WORD = 9
"""Longer ones may be several run together."""
_PLACES = ("01", "02", "03", "05", "07", "08", "09")
_LOCAL = ([10], [4, 6], [4, 3, 3], [3, 3, 4], [5, 5], [3, 4, 3], [1] * 10)
"""How ten figures are written whose zero was left out."""


def _is_phone(run: Run) -> bool:
    """From the beginning of any atom to the end of any: ten or eleven figures that begin like a number at home or abroad."""
    atoms = run.atoms
    for first, atom in enumerate(atoms):
        digits = ""
        for last in range(first, min(len(atoms), first + 16)):
            digits += atoms[last].digits
            if len(digits) > 16:
                break
            if _rings(digits, atoms[first : last + 1], len(atoms) > _MOST_PIECES):
                return True
        if atom.plus and len("".join(each.digits for each in atoms[first : first + 16])) >= 8:
            return True
    return False


def _rings(digits: str, atoms: Sequence[Atom], in_a_list: bool) -> bool:
    """`in_a_list`: they stand among more numbers than any phone number is cut into."""
    count = len(digits)
    if digits[:2] in _PLACES:
        return count in (10, 11) and not _are_hours(atoms)
    bunched = len(atoms) <= 5 or any(atom.word for atom in atoms)
    if digits[:4] == "0044":
        return 13 <= count <= 15
    if digits[:2] == "44":
        return 11 <= count <= 13 and bunched and digits[2] in "0123789"
    if digits[0] == "7" and count == 10:
        return (
            digits[1] in "1345789"
            and not _are_counts(atoms)
            and (any(atom.word for atom in atoms) or [len(atom.digits) for atom in atoms] in _LOCAL)
        )
    abroad = [len(a.digits) for a in atoms] in ([3, 3, 4], [4, 3, 3], [4, 4, 4, 4])
    return abroad and not in_a_list and not _are_years(atoms)


def _are_hours(atoms: Sequence[Atom]) -> bool:
    return all(len(a.digits) == 4 and int(a.digits[:2]) < 24 and int(a.digits[2:]) < 60 for a in atoms)


def _are_counts(atoms: Sequence[Atom]) -> bool:
    """Numbers of steps and the like."""
    return all(atom.digits.endswith("00") for atom in atoms)


def _are_years(atoms: Sequence[Atom]) -> bool:
    return all(atom.digits[:2] in ("19", "20") for atom in atoms)


def _is_long(digits: str) -> bool:
    """No reading has so many figures."""
    if len(digits) >= _LEAST_BARE:
        return True
    if len(digits) < 8:
        return len(digits) == 7 and not digits.endswith("000")
    day, month, year = digits[:2], digits[2:4], digits[4:]
    a_date = year[:2] in ("19", "20") and int(day) <= 31 and int(month) <= 12
    turned = digits[:2] in ("19", "20") and int(digits[4:6]) <= 12
    return not a_date and not turned and not digits.endswith("000")


def figures_of(numbers: Mapping[str, str] | Collection[str]) -> frozenset[str]:
    """Figures alone: `0808 2000 247` → `08082000247`."""
    return frozenset(digits for each in numbers if (digits := re.sub(r"\D", "", each)))
