"""The record's tables. Every key starts with ``service_id``, the one distribution column (reference tables aside)."""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Double,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP, UUID

metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    }
)

REFERENCE = frozenset({"service", "release", "release_pointer", "content_file", "login_hint"})


def _id(name: str, *, null: bool = False) -> Column[object]:
    return Column(name, UUID(as_uuid=True), nullable=null)


def _time(name: str, *, null: bool = False) -> Column[object]:
    return Column(name, TIMESTAMP(timezone=True), nullable=null)


def _key(*names: str) -> PrimaryKeyConstraint:
    return PrimaryKeyConstraint("service_id", *names)


def _line() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["service_id", "line_id"], ["line.service_id", "line.line_id"])


# -- small tables that every node holds whole ---------------------------------------------------------

service = Table(
    "service",
    metadata,
    Column("service_id", UUID(as_uuid=True), primary_key=True),
    Column("slug", Text, nullable=False, unique=True),
    Column("settings", JSONB, nullable=False),
    Column("settings_version", Integer, nullable=False, server_default=text("1")),
)

release = Table(
    "release",
    metadata,
    Column("release_hash", Text, primary_key=True),
    # Not jsonb, which would sort the keys: the hash is taken over this very text.
    Column("built", JSON, nullable=False),
    _time("made_at"),
    Column("made_by", Text, nullable=False),
    _time("put_at"),
)

# The files that releases were built from, each kept once.
content_file = Table(
    "content_file",
    metadata,
    Column("file_hash", Text, primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

release_pointer = Table(
    "release_pointer",
    metadata,
    Column("scope", Text, primary_key=True),
    Column("release_hash", Text, nullable=False),
    Column("n", Integer, nullable=False),
    _time("urgent_at", null=True),
    ForeignKeyConstraint(["release_hash"], ["release.release_hash"]),
)

login_hint = Table(
    "login_hint",
    metadata,
    Column("contact_hmac", LargeBinary, nullable=False),
    _id("service_id"),
    PrimaryKeyConstraint("contact_hmac", "service_id"),
)

# -- Lines --------------------------------------------------------------------------------------------

line = Table(
    "line",
    metadata,
    _id("service_id"),
    _id("line_id"),
    Column("kind", Text, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("state", JSON, nullable=False),
    Column("wrapped_key", LargeBinary),
    Column("key_id", Text, nullable=False),
    _key("line_id"),
    postgresql_with={"fillfactor": "60", "toast_tuple_target": "8160"},
)

# What happened in one turn, in order: a row a turn, and never changed.
journal = Table(
    "journal",
    metadata,
    _id("service_id"),
    _id("line_id"),
    Column("version", BigInteger, nullable=False),
    Column("facts", JSON, nullable=False),
    _time("at"),
    _key("line_id", "version"),
    # By time: a few bytes for each megabyte, since turns are written in the order in which they happen.
    Index(None, "service_id", "at", postgresql_using="brin", postgresql_with={"autosummarize": "on"}),
)

heard = Table(
    "heard",
    metadata,
    _id("service_id"),
    _id("line_id"),
    _id("client_id"),
    Column("body_mac", LargeBinary, nullable=False),
    Column("seq", BigInteger, nullable=False),
    _key("line_id", "client_id"),
)

word = Table(
    "word",
    metadata,
    _id("service_id"),
    _id("owner_id"),
    _id("word_id"),
    Column("kind", Text, nullable=False),
    Column("key_id", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    _key("owner_id", "word_id"),
)

timer = Table(
    "timer",
    metadata,
    _id("service_id"),
    _id("line_id"),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    _time("due_at"),
    Column("rule", Text),
    _time("first_at", null=True),
    _time("lease_until", null=True),
    _key("line_id", "kind", "key"),
    Index(None, "service_id", "due_at"),
)

# What a patient is reminded of, from the plan to its end; ``why`` says why it moved or was dropped.
reminder = Table(
    "reminder",
    metadata,
    _id("service_id"),
    _id("line_id"),
    _id("reminder_id"),
    Column("what", Text, nullable=False),
    Column("state", Text, nullable=False),
    _time("due_at"),
    Column("why", Text),
    Column("seq", BigInteger),
    _time("made_at"),
    _time("ended_at", null=True),
    _time("opened_at", null=True),
    _key("line_id", "reminder_id"),
    _line(),
    Index("reminder_planned", "service_id", "due_at", postgresql_where=text("state = 'planned'")),
)

# By which ways a reminder was sent beside the chat, and what became of each.
reminder_sent = Table(
    "reminder_sent",
    metadata,
    _id("service_id"),
    _id("line_id"),
    _id("reminder_id"),
    Column("way", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("last_error", Text),
    _time("made_at"),
    _time("accepted_at", null=True),
    _time("opened_at", null=True),
    _key("line_id", "reminder_id", "way"),
)

# By what a patient is reached outside the chat beside e-mail: a browser's address, a telephone number; under their key.
reach = Table(
    "reach",
    metadata,
    _id("service_id"),
    _id("line_id"),
    _id("reach_id"),
    Column("kind", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("session_hash", LargeBinary),
    _time("made_at"),
    _time("ok_at", null=True),
    _time("failing_at", null=True),
    Column("error", Text),
    _key("line_id", "reach_id"),
    _line(),
)

# How a patient wants reminders to look. No row: as they are.
reminder_wish = Table(
    "reminder_wish",
    metadata,
    _id("service_id"),
    _id("line_id"),
    Column("discreet", Boolean, nullable=False),
    _key("line_id"),
    _line(),
)

# Times in which what a service had planned did not happen. ``told_at``: when somebody was written to about it.
schedule_late = Table(
    "schedule_late",
    metadata,
    _id("service_id"),
    _time("began_at"),
    _time("told_at", null=True),
    _time("ended_at", null=True),
    _key("began_at"),
    Index("schedule_late_open", "service_id", unique=True, postgresql_where=text("ended_at IS NULL")),
)

# -- patients -----------------------------------------------------------------------------------------

person = Table(
    "person",
    metadata,
    _id("service_id"),
    _id("line_id"),
    Column("status", Text, nullable=False),
    Column("nation", Text, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("conditions", ARRAY(Text), nullable=False),
    _id("owner_id", null=True),
    _id("clinician_id", null=True),
    _id("first_name_word_id", null=True),
    _id("contact_word_id", null=True),
    Column("contact_index", LargeBinary),
    Column("proof_hash", Text),
    Column("simulated", Boolean, nullable=False, server_default=text("false")),
    _time("erased_at", null=True),
    _key("line_id"),
    _line(),
    Index(None, "service_id", "contact_index"),
    Index(None, "service_id", "owner_id"),
    Index(None, "service_id", "clinician_id"),
)

message = Table(
    "message",
    metadata,
    _id("service_id"),
    _id("line_id"),
    Column("seq", BigInteger, nullable=False),
    Column("who", Text, nullable=False),
    _id("word_id"),
    _id("client_id", null=True),
    Column("release_hash", Text),
    Column("step", Text),
    Column("urgent", Boolean, nullable=False),
    _time("at"),
    _key("line_id", "seq"),
    # Where the team wrote, and where a colleague came and went: few rows, by which the inbox is found.
    Index(
        "message_of_team",
        "service_id",
        "line_id",
        "seq",
        postgresql_where=text(
            "who = 'team' OR step IN ('texts:hold_began', 'texts:hold_ended', "
            "'texts:care_discharged', 'texts:care_transferred', 'texts:care_taken_back')"
        ),
    ),
)

score = Table(
    "score",
    metadata,
    _id("service_id"),
    _id("line_id"),
    _id("score_id"),
    Column("measure", Text, nullable=False),
    Column("measure_version", Text, nullable=False),
    Column("items", JSONB, nullable=False),
    Column("total", Double),
    Column("complete", Boolean, nullable=False),
    _time("at"),
    _key("line_id", "score_id"),
)

# What a patient wrote in their diary: a number in ``unit``, words, or both.
diary = Table(
    "diary",
    metadata,
    _id("service_id"),
    _id("line_id"),
    _id("entry_id"),
    Column("kind", Text, nullable=False),
    Column("number", Double),
    Column("unit", Text, nullable=False),
    _id("word_id", null=True),
    _time("at"),
    _key("line_id", "entry_id"),
    _line(),
    Index("diary_by_time", "service_id", "line_id", "at"),
)

# A module that somebody began. ``began``: the seq at that moment; ``steps``: in the order in which they were entered.
module_run = Table(
    "module_run",
    metadata,
    _id("service_id"),
    _id("line_id"),
    Column("began", BigInteger, nullable=False),
    Column("module", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("release_hash", Text, nullable=False),
    Column("steps", ARRAY(Text), nullable=False),
    Column("ended", Text),
    Column("helped", Text),
    _time("began_at"),
    _time("at"),
    _key("line_id", "began"),
    Index(None, "service_id", "began_at"),
    postgresql_with={"fillfactor": "70"},
)

# -- alerts -------------------------------------------------------------------------------------------

alert = Table(
    "alert",
    metadata,
    _id("service_id"),
    _id("line_id"),
    _id("alert_id"),
    Column("concern", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("state", Text, nullable=False),
    _id("owner_id", null=True),
    Column("rung", SmallInteger, nullable=False),
    Column("told", Integer, nullable=False),
    Column("evidence", Integer, nullable=False),
    _time("opened_at"),
    _time("due_at", null=True),
    _id("acted_by", null=True),
    _time("acknowledged_at", null=True),
    _time("resolved_at", null=True),
    Column("outcome", Text),
    _id("note_word_id", null=True),
    _time("snoozed_until", null=True),
    Column("reopened", Integer, nullable=False, server_default=text("0")),
    _key("line_id", "alert_id"),
    Index(
        "alert_one_open",
        "service_id",
        "line_id",
        "concern",
        unique=True,
        postgresql_where=text("state <> 'resolved'"),
    ),
    Index(None, "service_id", "state", "level", "opened_at"),
    Index(None, "service_id", "alert_id"),
    Index(
        "alert_closed_by",
        "service_id",
        "acted_by",
        "resolved_at",
        postgresql_where=text("state = 'resolved'"),
    ),
)

evidence = Table(
    "evidence",
    metadata,
    _id("service_id"),
    _id("line_id"),
    _id("alert_id"),
    Column("n", Integer, nullable=False),
    Column("rule", Text, nullable=False),
    Column("rule_version", Text, nullable=False),
    Column("seq", BigInteger),
    _id("client_id", null=True),
    Column("numbers", JSONB, nullable=False),
    _time("at"),
    _key("line_id", "alert_id", "n"),
)

# What staff say of the screen: of one rule's hit, or (rule empty) of a message at which nothing spoke. No words.
screen_mark = Table(
    "screen_mark",
    metadata,
    _id("service_id"),
    _id("line_id"),
    Column("seq", BigInteger, nullable=False),
    Column("rule", Text, nullable=False),
    Column("concern", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    _id("by_id"),
    _time("at"),
    _id("taken_by", null=True),
    _time("taken_at", null=True),
    _key("line_id", "seq", "rule"),
)

canary_day = Table(
    "canary_day",
    metadata,
    _id("service_id"),
    Column("day", Date, nullable=False),
    _time("said_at"),
    _time("heard_at", null=True),
    Column("reached", Text),
    _time("ended_at", null=True),
    _key("day"),
)

outbox = Table(
    "outbox",
    metadata,
    _id("service_id"),
    _id("outbox_id"),
    _id("line_id"),
    Column("kind", Text, nullable=False),
    Column("payload", JSONB, nullable=False),
    Column("dedupe", Text, nullable=False),
    Column("priority", SmallInteger, nullable=False),
    _time("due_at"),
    _time("lease_until", null=True),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    _time("done_at", null=True),
    _key("outbox_id"),
    UniqueConstraint("service_id", "dedupe"),
    Index("outbox_due", "service_id", "priority", "due_at", postgresql_where=text("done_at IS NULL")),
)

delivery = Table(
    "delivery",
    metadata,
    _id("service_id"),
    _id("delivery_id"),
    _id("outbox_id"),
    _id("alert_id", null=True),
    Column("rung", SmallInteger, nullable=False),
    Column("told", Integer, nullable=False),
    Column("channel", Text, nullable=False),
    _id("staff_id"),
    Column("message_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("last_error", Text),
    _time("made_at"),
    _time("accepted_at", null=True),
    _key("delivery_id"),
    UniqueConstraint("service_id", "outbox_id", "channel", "staff_id"),
    Index(None, "service_id", "alert_id"),
)

# A way to tell people besides e-mail: a webhook, a colleague's device, a place of the operator's. What it takes to reach
# it is sealed. ``failing_at``: since when it has not worked.
channel = Table(
    "channel",
    metadata,
    _id("service_id"),
    _id("channel_id"),
    Column("kind", Text, nullable=False),
    _id("staff_id", null=True),
    Column("label", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("key_id", Text, nullable=False),
    _time("made_at"),
    _time("ok_at", null=True),
    _time("failing_at", null=True),
    Column("error", Text),
    Column("tested_on", Date),
    _key("channel_id"),
)

# One telling over one channel: of an alert, as ``delivery`` is of a letter. It outlives its channel.
notice = Table(
    "notice",
    metadata,
    _id("service_id"),
    _id("outbox_id"),
    _id("channel_id"),
    _id("alert_id"),
    Column("rung", SmallInteger, nullable=False),
    Column("told", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    _id("staff_id", null=True),
    Column("label", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("last_error", Text),
    _time("made_at"),
    _time("accepted_at", null=True),
    _key("outbox_id", "channel_id"),
    Index(None, "service_id", "alert_id"),
)

# By which push services know this service: made once.
push_key = Table(
    "push_key",
    metadata,
    _id("service_id"),
    Column("sealed", LargeBinary, nullable=False),
    Column("key_id", Text, nullable=False),
    _time("made_at"),
    _key(),
)

digest_day = Table(
    "digest_day",
    metadata,
    _id("service_id"),
    Column("day", Date, nullable=False),
    _time("made_at"),
    _key("day"),
)

digest = Table(
    "digest",
    metadata,
    _id("service_id"),
    _id("staff_id"),
    Column("day", Date, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("listed", JSONB),
    Column("fresh", Integer, nullable=False, server_default=text("0")),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("last_error", Text),
    _time("made_at"),
    _time("accepted_at", null=True),
    _key("staff_id", "day"),
)

digest_off = Table(
    "digest_off", metadata, _id("service_id"), _id("staff_id"), _time("since"), _key("staff_id")
)

# -- peers --------------------------------------------------------------------------------------------

room = Table(
    "room",
    metadata,
    _id("service_id"),
    _id("line_id"),
    Column("group_key", Text, nullable=False),
    Column("n", Integer, nullable=False, server_default=text("1")),
    Column("hosts", Integer, nullable=False, server_default=text("0")),
    _time("open_until", null=True),
    Column("week", Integer, nullable=False, server_default=text("0")),
    Column("over", Boolean, nullable=False, server_default=text("false")),
    Column("members_version", BigInteger, nullable=False, server_default=text("0")),
    _key("line_id"),
    UniqueConstraint("service_id", "group_key", "n"),
    _line(),
)

member = Table(
    "member",
    metadata,
    _id("service_id"),
    _id("line_id"),
    _id("patient_id"),
    Column("status", Text, nullable=False),
    _id("pseudonym_word_id"),
    Column("posts", Integer, nullable=False),
    _time("since"),
    _time("read_at", null=True),
    Column("paused", Boolean, nullable=False, server_default=text("false")),
    Column("state", JSONB, nullable=False),
    _key("line_id", "patient_id"),
    Index(None, "service_id", "patient_id"),
)

post = Table(
    "post",
    metadata,
    _id("service_id"),
    _id("line_id"),
    Column("seq", BigInteger, nullable=False),
    _id("post_id"),
    _id("author_id", null=True),
    _id("staff_id", null=True),
    _id("word_id", null=True),
    Column("status", Text, nullable=False),
    Column("reply_to", BigInteger),
    _time("at"),
    _time("shown_at", null=True),
    Column("why", Text, nullable=False, server_default=text("''")),
    Column("distress", Boolean, nullable=False, server_default=text("false")),
    Column("warning", Text),
    Column("mentions", ARRAY(UUID)),
    Column("kind", Text, nullable=False, server_default=text("'post'")),
    Column("about", Text),
    _key("line_id", "seq"),
    Index("post_by_time", "service_id", "line_id", "shown_at"),
    UniqueConstraint("service_id", "line_id", "post_id"),
)

reaction = Table(
    "reaction",
    metadata,
    _id("service_id"),
    _id("line_id"),
    Column("seq", BigInteger, nullable=False),
    _id("patient_id"),
    Column("kind", Text, nullable=False),
    _time("at"),
    _key("line_id", "seq", "patient_id", "kind"),
    _line(),
    Index(None, "service_id", "patient_id"),
)

# What waits for a host of a room, and what was decided, by whom and why: the record of moderation.
moderation = Table(
    "moderation",
    metadata,
    _id("service_id"),
    _id("line_id"),
    Column("case_n", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("seq", BigInteger),
    _id("member_id", null=True),
    Column("of_case", BigInteger),
    _id("word_id", null=True),
    _time("opened_at"),
    Column("decision", Text),
    Column("reason", Text),
    _id("decided_by", null=True),
    _time("decided_at", null=True),
    _key("line_id", "case_n"),
    _line(),
    Index("moderation_open", "service_id", "line_id", postgresql_where=text("decided_at IS NULL")),
    Index(None, "service_id", "member_id"),
)

host_note = Table(
    "host_note",
    metadata,
    _id("service_id"),
    _id("line_id"),
    _id("word_id"),
    _id("staff_id"),
    _id("to_id", null=True),
    _id("about_id", null=True),
    _time("at"),
    _key("line_id", "word_id"),
    _line(),
)

# -- staff, sessions, audit ---------------------------------------------------------------------------

staff = Table(
    "staff",
    metadata,
    _id("service_id"),
    _id("staff_id"),
    Column("email", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("roles", ARRAY(Text), nullable=False),
    Column("password_hash", Text),
    Column("away", Boolean, nullable=False, server_default=text("false")),
    _time("left_at", null=True),
    _key("staff_id"),
    UniqueConstraint("service_id", "email"),
)

leave = Table(
    "leave",
    metadata,
    _id("service_id"),
    _id("leave_id"),
    _id("staff_id"),
    _time("from_at"),
    _time("until_at"),
    _id("cover_id", null=True),
    _key("leave_id"),
    Index("leave_by_end", "service_id", "until_at"),
)

shift = Table(
    "shift",
    metadata,
    _id("service_id"),
    _id("shift_id"),
    _id("staff_id"),
    _time("from_at"),
    _time("until_at"),
    Column("source", Text, nullable=False),
    _key("shift_id"),
    Index("shift_by_end", "service_id", "until_at"),
)

rota_feed = Table(
    "rota_feed",
    metadata,
    _id("service_id"),
    _id("feed_id"),
    Column("place", Text, nullable=False),
    _time("seen_at"),
    Column("error", Text),
    _key("feed_id"),
    UniqueConstraint("service_id", "place"),
)

session = Table(
    "session",
    metadata,
    _id("service_id"),
    Column("token_hash", LargeBinary, nullable=False),
    Column("kind", Text, nullable=False),
    _id("subject_id"),
    _time("made_at"),
    _time("expires_at"),
    _time("ended_at", null=True),
    _time("seen_at", null=True),
    Column("shared", Boolean, nullable=False, server_default=text("false")),
    Column("parent_hash", LargeBinary),
    _key("token_hash"),
    Index(None, "service_id", "subject_id"),
)

# Somebody who may become a colleague: a member of staff only once they have chosen a password.
staff_invite = Table(
    "staff_invite",
    metadata,
    _id("service_id"),
    Column("code_hash", LargeBinary, nullable=False),
    _id("staff_id"),
    Column("email", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("roles", ARRAY(Text), nullable=False),
    _time("expires_at"),
    _time("used_at", null=True),
    _key("code_hash"),
)

invite = Table(
    "invite",
    metadata,
    _id("service_id"),
    Column("code_hash", LargeBinary, nullable=False),
    Column("kind", Text, nullable=False),
    _id("patient_id"),
    _time("expires_at"),
    _time("used_at", null=True),
    _key("code_hash"),
    Index(None, "service_id", "patient_id"),
)

# Short codes that were tried and are none, so that nobody guesses one: so many in an hour, whoever tried.
wrong_code = Table(
    "wrong_code",
    metadata,
    _id("service_id"),
    _time("hour"),
    Column("tries", Integer, nullable=False),
    _key("hour"),
)

audit = Table(
    "audit",
    metadata,
    _id("service_id"),
    _id("chain"),
    Column("n", BigInteger, nullable=False),
    Column("prev_hash", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("who", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("about", Text, nullable=False),
    _time("at"),
    _key("chain", "n"),
)


# -- what editors write at the desk -------------------------------------------------------------------

draft = Table(
    "draft",
    metadata,
    _id("service_id"),
    Column("file", Text, nullable=False),
    Column("n", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("base", Text),
    _id("by_id"),
    _time("at"),
    Column("ended", Text),
    _key("file", "n"),
)

signature = Table(
    "signature",
    metadata,
    _id("service_id"),
    Column("file", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    _id("by_id"),
    Column("who", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("signed_on", Text, nullable=False),
    Column("review_by", Text, nullable=False),
    _key("file", "sha256", "by_id"),
)
