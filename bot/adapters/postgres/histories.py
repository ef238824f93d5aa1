"""What has happened to one patient, and what of it is new to whoever looks: part of the look at their page."""

from __future__ import annotations

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.postgres import schema as s
from bot.adapters.postgres.audit import ONE_LOOK
from bot.core import facts as f
from bot.core.facts import facts_in
from bot.core.values import LineId, ServiceId, tag_of
from bot.core.visits import visit_before
from bot.ports import Happened, Looker, PatientHistory

MOST_HAPPENED = 5_000
LOOKS_AT_THEM = ("patient.open", "patient.print")
_LOOK_BACK = 200

_OF_NOTE = (
    f.PatientJoined,
    f.OwnerChanged,
    f.PatientDischarged,
    f.PatientTransferred,
    f.DeathRecorded,
    f.PatientWithdrew,
    f.PatientReferred,
    f.ReferralAccepted,
    f.ReferralDeclined,
    f.ConsentAnswered,
    f.PatientTakenBack,
    f.ErasureAsked,
    f.ErasureTakenBack,
    f.PatientErased,
    f.LegalHoldSet,
    f.LegalHoldLifted,
    f.NameChanged,
    f.CorrectionAsked,
    f.CorrectionAnswered,
    f.ScoreRecorded,
    f.AlertRaised,
    f.AlertEscalated,
    f.AlertAcknowledged,
    f.AlertSnoozed,
    f.AlertHandedOver,
    f.AlertReopened,
    f.AlertResolved,
    f.CheckInWordsAdded,
    f.HingeOpened,
    f.SafetyChecked,
    f.GoalSet,
    f.GoalRated,
    f.GoalReworded,
    f.GoalEnded,
    f.ProgrammeEnded,
    f.PlanShared,
    f.HoldBegan,
    f.HoldEnded,
)

# As they are written: the type comes first. Of Runs only modules, of messages only the team's. Reading the text is many
# times faster than taking each fact apart, and nearly all of a journal is answers to questions.
_AS_WRITTEN = [
    *(f'{{"type":"{tag_of(kind)}"%' for kind in _OF_NOTE),
    '{"type":"run_started","run":{"kind":"module"%',
    '{"type":"run_ended","kind":"module"%',
    '{"type":"message_shown","seq":%,"sender":"team"%',
]
_HAPPENED = text("""
SELECT j.at, e.fact::text
  FROM journal j, json_array_elements(j.facts) WITH ORDINALITY e(fact, n)
 WHERE j.service_id = :service AND j.line_id = :line AND e.fact::text LIKE ANY(:written)
 ORDER BY j.version DESC, e.n DESC
 LIMIT :most
""")

_TYPED = text("""
SELECT (fact->>'seq')::bigint, j.at FROM journal j, json_array_elements(j.facts) fact
 WHERE j.service_id = :service AND j.line_id = :line
   AND fact::text LIKE '{"type":"message_heard",%"how":"text"%'
""")

_A = s.audit.c


async def history_of(c: AsyncConnection, service: ServiceId, patient: LineId, by: Looker) -> PatientHistory:
    """To be read before this look is noted: it is none of those before it."""
    values = {"service": service, "line": patient, "written": _AS_WRITTEN, "most": MOST_HAPPENED}
    rows = (await c.execute(_HAPPENED, values)).all()
    facts = facts_in("[" + ",".join(fact for _, fact in rows) + "]")
    happened = tuple(Happened(at, fact) for (at, _), fact in zip(rows, facts, strict=True))
    own = (
        select(_A.at)
        .where(_A.service_id == service, _A.chain == patient, _A.who == f"{by.role}:{by.who}")
        .where(_A.what.in_(LOOKS_AT_THEM))
        .order_by(_A.n.desc())
        .limit(_LOOK_BACK)
    )
    here = visit_before([at for (at,) in await c.execute(own)], by.at, ONE_LOOK)
    wrote = (await c.execute(_TYPED, {"service": service, "line": patient})).all()
    since = 0 if here is None else sum(at > here for _, at in wrote)
    return PatientHistory(happened, here, since, frozenset(seq for seq, _ in wrote))
