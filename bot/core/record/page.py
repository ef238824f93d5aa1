"""A record as one page to read: headings and tables, each curve with its sentence and its numbers; no script, nothing
from elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from bot.core.flow import calendar
from bot.core.library import Library, said
from bot.core.record.document import Document, Score

WIDTH, HEIGHT, EDGE = 640, 220, 34
_STYLE = """
body{font:1.05rem/1.5 system-ui,sans-serif;color:#1b1b1b;background:#fff;max-width:46rem;margin:2rem auto;padding:0 1rem}
h1,h2,h3{line-height:1.25}table{border-collapse:collapse;width:100%;margin:.5rem 0 1.5rem}
th,td{text-align:start;vertical-align:top;border-bottom:1px solid #888;padding:.35rem .6rem .35rem 0}
caption{text-align:start;font-weight:bold}svg{max-width:100%;height:auto}td{white-space:pre-wrap;overflow-wrap:anywhere}
""".strip()
Row = Sequence[str]


def page_of(document: Document, library: Library) -> str:
    return _Page(document, library).whole()


class _Page:
    def __init__(self, document: Document, library: Library) -> None:
        self._d, self._library = document, library
        self._language = document.language
        zone = document.about.get("time_zone") or "UTC"
        self._zone = ZoneInfo(str(zone))

    def whole(self) -> str:
        say, d = self._say, self._d
        parts = [
            f"<h1>{say('export_title')}</h1>",
            f"<p>{say('export_made', service=d.service, date=self._day(d.made_at))}</p>",
            self._table("export_about", None, self._about()),
            self._table("export_consents", ("export_what", "export_answer", "export_when"), self._consents()),
            f"<h2>{say('export_scores')}</h2>",
            *(self._measure(scores) for scores in self._by_measure()),
            self._table("export_goals", ("export_when", "export_what", "export_answer"), self._goals()),
            self._table("export_plan", ("export_what", "export_words"), self._plan()),
            self._table("export_diary", ("export_when", "export_what", "export_words"), self._diary()),
            self._table("export_modules", ("export_when", "export_what"), self._modules()),
            self._table("export_posts", ("export_when", "export_words"), self._rows(d.posts, "text")),
            self._table("export_alerts", ("export_when", "export_what"), self._alerts()),
            self._table(
                "export_corrections", ("export_when", "export_words", "export_answer"), self._corrections()
            ),
            self._table("export_reminders", ("export_when", "export_what"), self._reminders()),
            self._table("export_looks", None, [(line,) for line in d.looks]),
            self._table("export_other", None, [(row["kind"], row["text"]) for row in d.other_words]),
            self._table("export_messages", ("export_when", "export_who", "export_words"), self._messages()),
        ]
        lang = escape(self._library.speaks(self._language))
        return (
            f'<!doctype html>\n<html lang="{lang}"><head><meta charset="utf-8">'
            f'<meta name="viewport" content="width=device-width"><title>{say("export_title")}</title>'
            f"<style>{_STYLE}</style></head><body><main>{''.join(parts)}</main></body></html>\n"
        )

    # -- sentences

    def _say(self, key: str, **values: str) -> str:
        return escape(self._library.say(key, self._language, values or None))

    def _day(self, at: datetime) -> str:
        on = at.astimezone(self._zone).date()
        return f"{calendar.day(self._library, on, self._language)} {on.year}"

    def _time(self, at: datetime) -> str:
        local = at.astimezone(self._zone)
        return f"{self._day(at)}, {local.hour}:{local.minute:02}"

    def _table(self, title: str, heads: Sequence[str] | None, rows: Iterable[Row]) -> str:
        held = list(rows)
        if not held:
            return f"<h2>{self._say(title)}</h2><p>{self._say('export_nothing')}</p>"
        return f"<h2>{self._say(title)}</h2>{self._grid(heads, held)}"

    def _grid(self, heads: Sequence[str] | None, rows: Sequence[Row], caption: str = "") -> str:
        head = (
            f"<thead><tr>{''.join(f'<th scope=col>{self._say(h)}</th>' for h in heads)}</tr></thead>"
            if heads
            else ""
        )
        body = "".join(
            "<tr>"
            + "".join(
                f"<th scope=row>{escape(cell)}</th>"
                if n == 0 and len(row) > 1
                else f"<td>{escape(cell)}</td>"
                for n, cell in enumerate(row)
            )
            + "</tr>"
            for row in rows
        )
        said_above = f"<caption>{escape(caption)}</caption>" if caption else ""
        return f"<table>{said_above}{head}<tbody>{body}</tbody></table>"

    # -- sections

    def _about(self) -> list[Row]:
        about = self._d.about
        named = {
            "export_name": about["name"],
            "export_contact": about["contact"],
            "export_conditions": ", ".join(about["conditions"]),
            "export_language": about["language"],
            "export_nation": about["nation"],
            "export_zone": about["time_zone"],
        }
        plain: Callable[[str], str] = lambda key: self._library.say(key, self._language)  # noqa: E731
        return [(plain(key), value) for key, value in named.items() if value]

    def _consents(self) -> list[Row]:
        yes, no = self._library.say("yes", self._language), self._library.say("no", self._language)
        return [(c["consent"], yes if c["given"] else no, self._time(c["at"])) for c in self._d.consents]

    def _rows(self, held: Sequence[dict[str, object]], name: str) -> list[Row]:
        return [(self._time(row["at"]), str(row[name] or "–")) for row in held]  # type: ignore[arg-type]

    def _goals(self) -> list[Row]:
        """With how they said that it goes."""
        return [
            (
                self._time(row["at"]),
                row["text"] or "–",
                ", ".join(f"{r['rating']}/10 ({self._day(r['at'])})" for r in row["ratings"]) or "–",
            )
            for row in self._d.goals
        ]

    def _diary(self) -> list[Row]:
        plain = self._library.say
        return [
            (
                self._time(row["at"]),
                plain(f"diary_{row['kind']}", self._language),
                " ".join(
                    part
                    for part in (
                        "" if row["number"] is None else f"{said(row['number'])} {row['unit']}".strip(),
                        row["text"] or "",
                    )
                    if part
                )
                or "–",
            )
            for row in self._d.diary
        ]

    def _plan(self) -> list[Row]:
        plain = self._library.say
        return [
            (plain(f"plan_part_{row['part']}", self._language), row["text"] or "–") for row in self._d.plan
        ]

    def _modules(self) -> list[Row]:
        return [(self._time(row["at"]), f"{row['module']}: {row['what']}") for row in self._d.modules]

    def _alerts(self) -> list[Row]:
        plain = self._library.say
        rows: list[Row] = []
        for row in self._d.alerts:
            key = f"export_told_{str(row['about']).replace('-', '_')}"
            known = key if key in self._library.texts["en"] else "export_told_other"
            what = plain(known if row["what"] == "told" else "export_closed", self._language)
            rows.append((self._time(row["at"]), what))
        return rows

    def _corrections(self) -> list[Row]:
        plain = self._library.say
        rows: list[Row] = []
        for row in self._d.corrections:
            if row["answered"] is None:
                answer = plain("export_waits", self._language)
            else:
                answer = plain(
                    "record_corrected" if row["agreed"] else "record_not_corrected", self._language
                )
                answer += f" {row['note']}" if row.get("note") else ""
            rows.append((self._time(row["at"]), row["text"] or "–", answer))
        return rows

    def _reminders(self) -> list[Row]:
        return [
            (self._time(row["due_at"]), f"{row['what']}: {row['state']}{self._why(row)}")
            for row in self._d.reminders
        ]

    @staticmethod
    def _why(row: dict[str, object]) -> str:
        ways = row.get("ways")
        more = [str(row["why"])] if row.get("why") else []
        more += [str(way) for way in ways] if isinstance(ways, list | tuple) else []
        return f" ({', '.join(more)})" if more else ""

    def _messages(self) -> list[Row]:
        plain = self._library.say
        who = {name: plain(f"export_from_{name}", self._language) for name in ("patient", "bot", "team")}
        return [
            (self._time(row["at"]), who.get(row["from"], row["from"]), row["text"] or "–")
            for row in self._d.messages
        ]

    # -- curves

    def _by_measure(self) -> list[list[Score]]:
        found: dict[str, list[Score]] = {}
        for score in self._d.scores:
            found.setdefault(score.measure, []).append(score)
        return list(found.values())

    def _measure(self, scores: list[Score]) -> str:
        title = scores[0].title
        with_total = [s for s in scores if s.total is not None]
        sentence = self._sentence(with_total[-1]) if with_total else self._say("export_no_total")
        picture = self._curve(with_total, f"{escape(title)}. {sentence}") if len(with_total) > 1 else ""
        totals = [
            (self._time(s.at), said(s.total) if s.total is not None else "–", s.band or "–") for s in scores
        ]
        heads = ("export_when", "export_score", "export_band")
        grid = self._grid(heads, totals, title)
        answers = "".join(self._answers(s) for s in scores)
        return f"<h3>{escape(title)}</h3><p>{sentence}</p>{picture}{grid}{answers}"

    def _sentence(self, score: Score) -> str:
        assert score.total is not None
        key = "progress_sentence" if score.band else "progress_number"
        values = {
            "name": score.title,
            "date": self._day(score.at),
            "total": said(score.total),
            "max": said(score.of) if score.of is not None else "",
            "band": score.band,
        }
        return self._say(key, **values)

    def _answers(self, score: Score) -> str:
        skipped = self._library.say("export_skipped", self._language)
        rows = [
            (text, skipped if given is None else f"{words}" if words == str(given) else f"{words} ({given})")
            for _, text, given, words in score.answers
        ]
        return self._grid(("export_question", "export_answer"), rows, f"{score.title}, {self._day(score.at)}")

    def _curve(self, scores: list[Score], label: str) -> str:
        measure = self._library.measures.get(scores[0].measure)
        low, high = measure.range if measure else (0, max(s.total or 0 for s in scores))
        first, last = scores[0].at, scores[-1].at
        whole = (last - first).total_seconds() or 1

        def x(at: datetime) -> float:
            return round(EDGE + (WIDTH - 2 * EDGE) * (at - first).total_seconds() / whole, 1)

        def y(total: float) -> float:
            return round(HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * (total - low) / ((high - low) or 1), 1)

        bands = "".join(
            f'<rect x="{EDGE}" width="{WIDTH - 2 * EDGE}" y="{y(b.high)}" height="{round(y(b.low) - y(b.high), 1)}" '
            f'fill="{"#f1f3f5" if n % 2 else "#e3e8ee"}"/>'
            f'<text x="{WIDTH - EDGE - 4}" y="{round(y(b.high) + 13, 1)}" font-size="11" text-anchor="end">'
            f"{escape(b.plain)}</text>"
            for n, b in enumerate(measure.bands if measure else ())
        )
        points = " ".join(f"{x(s.at)},{y(s.total)}" for s in scores if s.total is not None)
        dots = "".join(
            f'<circle cx="{x(s.at)}" cy="{y(s.total)}" r="4"/>' for s in scores if s.total is not None
        )
        ends = "".join(
            f'<text x="{EDGE - 6}" y="{round(y(n) + 4, 1)}" font-size="12" text-anchor="end">{said(n)}</text>'
            for n in (low, high)
        )
        return (
            f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}">{bands}{ends}'
            f'<polyline points="{points}" fill="none" stroke="#1b1b1b" stroke-width="2"/>{dots}</svg>'
        )
