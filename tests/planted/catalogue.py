"""Defects that somebody might write one day, and the tests that must not let them pass.

Each is a small change of the code: ``old`` stands exactly once in ``file``. ``make proof`` plants them one by one.
"""

from __future__ import annotations

from dataclasses import dataclass

WALLS = "tests/usecases/test_walls.py"
WEEKS = "tests/core/test_weeks.py"


@dataclass(frozen=True)
class Defect:
    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


DEFECTS = (
    Defect(
        "acknowledged before it is committed",
        "bot/usecases/change.py",
        "                changed = await _try(house, service, line, hot, prepare, once)\n",
        "                if acknowledge is not None:\n"
        "                    acknowledge(hot.state.seq + 1)\n"
        "                changed = await _try(house, service, line, hot, prepare, once)\n",
        (f"{WALLS}::test_an_alert_stands_or_falls_with_its_cause",),
    ),
    Defect(
        "the alert in a transaction of its own",
        "bot/adapters/postgres/lines.py",
        "            sql, args = statement_for(service, entries)\n",
        "            from msgspec import structs\n"
        "            bare = [structs.replace(e, rows=structs.replace(e.rows, alerts={}, evidence=[])) for e in entries]\n"
        "            await self._db.lane.fetch(*statement_for(service, bare))\n"
        "            sql, args = statement_for(service, entries)\n",
        (f"{WALLS}::test_an_alert_stands_or_falls_with_its_cause", f"{WALLS}::test_a_turn_is_one_statement"),
    ),
    Defect(
        "a message that was heard is heard again",
        "bot/usecases/change.py",
        "        client_id=once.client_id if once else None,\n",
        "        client_id=None,\n",
        (f"{WALLS}::test_a_repeated_message_changes_nothing_and_is_acknowledged_alike",),
    ),
    Defect(
        "the same id with other words is taken",
        "bot/usecases/change.py",
        "    if before.body_mac != house.vault.fingerprint(hot.key, once.body):\n",
        "    if False:\n",
        (f"{WALLS}::test_the_same_id_with_another_body_is_refused",),
    ),
    Defect(
        "replies that live in memory alone",
        "bot/core/rows.py",
        "        if isinstance(fact, f.MessageHeard | f.MessageShown):\n",
        "        if isinstance(fact, f.MessageHeard):\n",
        ("tests/web/test_socket.py::test_everything_is_replayed_without_gaps",),
    ),
    Defect(
        "a letter that is sent once and forgotten",
        "bot/usecases/post.py",
        '        return "failed", down.what\n',
        '        return "accepted", down.what\n',
        ("tests/usecases/test_delivery.py::test_a_letter_that_was_refused_comes_once_it_is_taken",),
    ),
    Defect(
        "a letter with another id at each try",
        "bot/usecases/letters.py",
        "        message_id=f\"<{alert.id}.{rung}.{task.payload['told']}.{to.id}@{house.outside.mail_domain}>\",\n",
        '        message_id=f"<{house.ids.new()}@{house.outside.mail_domain}>",\n',
        ("tests/usecases/test_delivery.py::test_a_letter_that_is_retried_keeps_its_ids",),
    ),
    Defect(
        "acknowledged, and a letter all the same",
        "bot/usecases/hearing.py",
        '    return alert.state == "open" and alert.level',
        '    return alert.state != "resolved" and alert.level',
        ("tests/usecases/test_delivery.py::test_a_claimed_row_looks_again_before_it_writes",),
    ),
    Defect(
        "a letter for each step that has called the same person",
        "bot/usecases/hearing.py",
        '    if alert.told <= payload["told"]:\n',
        "    if True:\n",
        (
            "tests/usecases/test_delivery.py::test_who_answers_and_is_on_duty_as_well_hears_once_when_duty_is_called",
        ),
    ),
    Defect(
        "no window is kept free for the urgent",
        "bot/usecases/windows.py",
        "(self._at_once if grave[0] <= URGENT else self._at_once - self._kept_free)",
        "self._at_once",
        (
            "tests/usecases/test_storm.py::test_a_window_is_kept_free_for_the_urgent_and_the_gravest_is_served_next",
        ),
    ),
    Defect(
        "in a storm a letter for each alert",
        "bot/usecases/deliver.py",
        "    if await folded_with_the_others(house, service, task, alert, there):\n        return\n",
        "",
        ("tests/usecases/test_storm.py::test_from_so_many_on_that_wait_for_one_person_they_are_one_letter",),
    ),
    Defect(
        "whose patient it is does not matter to a statement",
        "bot/adapters/postgres/scope.py",
        "    return [or_(mine.exists(), line.in_(",
        "    return [or_(~mine.exists(), line.in_(",
        ("tests/contracts/test_record_scope.py::test_the_rule_each_statement_and_the_policies_agree",),
    ),
    Defect(
        "the desk reads with the rights of the tables' owner",
        "bot/adapters/postgres/scope.py",
        "        if by is not None and by.at_the_desk:\n",
        "        if False:\n",
        ("tests/contracts/test_record_scope.py",),
    ),
    Defect(
        "Redis is needed for a turn",
        "bot/usecases/change.py",
        "            if acknowledge is not None:\n",
        '            if await house.checks["bus"]() != "ok":\n'
        '                raise Unavailable("bus")\n'
        "            if acknowledge is not None:\n",
        (
            "tests/system/test_two_processes.py::test_with_a_silent_bus_everything_still_arrives_and_no_answer_is_slow",
        ),
    ),
    Defect(
        "every turn reads its Line anew",
        "bot/usecases/change.py",
        "            hot = place.line = place.line or await _line(house, service, line)\n",
        "            hot = place.line = await _line(house, service, line)\n",
        (f"{WALLS}::test_an_ordinary_turn_is_one_write_and_no_read",),
    ),
    Defect(
        "one bad row takes its batch along",
        "bot/usecases/writer.py",
        "            if len(batch) == 1:\n                _settle(batch[0], error)\n",
        "            if True:\n                for waiting in batch:\n                    _settle(waiting, error)\n",
        ("tests/contracts/test_writer.py",),
    ),
    Defect(
        "a Line twice in one batch",
        "bot/usecases/writer.py",
        " and waiting.entry.line not in lines:\n",
        ":\n",
        ("tests/contracts/test_writer.py::test_a_batch_is_of_one_service_and_has_a_line_once",),
    ),
    Defect(
        "a lost race that counts as won",
        "bot/usecases/writer.py",
        "                _settle(waiting, n in won)\n",
        "                _settle(waiting, True)\n",
        ("tests/contracts/test_writer.py::test_writers_of_several_processes_lose_no_turn_and_invent_none",),
    ),
    Defect(
        "a record that waits for a locked Line",
        "bot/adapters/postgres/commit.py",
        "     FOR UPDATE OF l SKIP LOCKED),\n",
        "     FOR UPDATE OF l),\n",
        ("tests/contracts/test_record_commit.py",),
    ),
    Defect(
        "a frame that overtakes what waits",
        "bot/web/outgoing.py",
        "        if self._waiting is None:\n            if item is not None",
        "        if self._at_once(item) if item is not None else False:\n"
        "            return\n"
        "        if self._waiting is None:\n            if item is not None",
        ("tests/web/test_outgoing.py",),
    ),
    Defect(
        "an urgent change that moves nobody",
        "bot/core/flow/walk.py",
        "    if run.release not in pen.moment.overtaken:\n        return False\n",
        "    return False\n",
        ("tests/usecases/test_releases.py",),
    ),
    Defect(
        "a fact that the fold forgot",
        "bot/core/fold.py",
        "    f.ChoiceMade: _nothing,\n",
        "",
        ("tests/core/test_fold.py",),
    ),
    Defect(
        "an alert that nobody can read again",
        "bot/usecases/change.py",
        "    if rows.unusual:\n        _must_be_read_again(turn)\n",
        "",
        (f"{WALLS}::test_what_could_not_be_read_again_is_not_written",),
    ),
    Defect(
        "words in the error of what cannot be read",
        "bot/core/values.py",
        "    except (msgspec.DecodeError, UnicodeError, RecursionError):\n"
        '        raise Misuse(f"what was kept is no {decoder.type}") from None\n',
        "    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:\n"
        "        raise Misuse(str(error)) from None\n",
        ("tests/core/test_values.py",),
    ),
    Defect(
        "the fingerprint of a message without a key",
        "bot/adapters/vault.py",
        '        return hmac.digest(key.mac_key, body, "sha256")\n',
        '        return hmac.digest(b"", body, "sha256")\n',
        (f"{WALLS}::test_the_fingerprint_of_a_message_is_keyed",),
    ),
    Defect(
        "a late action that still answers",
        "bot/core/flow/acting.py",
        "    if not isinstance(wait, ForAction) or wait.call != answer.call:\n        return\n",
        "",
        (f"{WALLS}::test_a_late_action_changes_nothing",),
    ),
    Defect(
        "a desk that looks at nobody's role",
        "bot/web/desk/seat.py",
        "            if not seat.may(roles):\n",
        "            if False:\n",
        ("tests/web/test_rights_matrix.py::test_what_is_not_for_a_role_looks_like_what_is_not_there",),
    ),
    Defect(
        "another service's alert that cannot be opened, but is known",
        "bot/web/desk/alerts.py",
        '    if seen is None:\n        raise Refused("not_found")\n',
        '    if seen is None:\n        raise Refused("conflict")\n',
        ("tests/web/test_rights_matrix.py::test_what_is_of_another_service_looks_like_what_is_not_there",),
    ),
    Defect(
        "an alert that was acknowledged is never heard of again",
        "bot/core/alerts/raising.py",
        '    if known.status != "acknowledged" or level != "now":\n',
        "    if True:\n",
        (
            "tests/usecases/test_alerts_taken_on.py::test_new_words_of_crisis_after_an_acknowledgement_are_a_letter_of_their_own",
        ),
    ),
    Defect(
        "an alert that was acknowledged and left is left for good",
        "bot/core/alerts/standing.py",
        "    if hours is None:\n",
        "    if True:\n",
        ("tests/core/test_alert_lifecycle.py::test_an_open_alert_always_waits_for_one_thing",),
    ),
    Defect(
        "a door that answers more than it says it does",
        "bot/web/answers.py",
        "    return web.json_response(text=answer.json(), status=status)\n",
        "    return web.json_response(text=answer.json().replace('{', '{\"debug\":true,', 1), status=status)\n",
        (
            "tests/web/test_openapi.py::test_whatever_fits_the_document_is_taken_and_whatever_does_not_is_refused",
        ),
    ),
    Defect(
        "a reminder at night",
        "bot/core/schedule/speaking.py",
        "    if in_quiet_hours(at, now.schedule.quiet, zone):\n",
        "    if False:\n",
        (f"{WEEKS}::test_what_a_server_that_stood_still_finds_at_night_waits_for_the_morning",),
    ),
    Defect(
        "a rhythm that jumps with the clocks",
        "bot/core/schedule/times.py",
        "    at = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)\n",
        "    return wall.replace(tzinfo=UTC)\n",
        ("tests/core/test_schedule.py::test_nine_o_clock_stays_nine_o_clock_over_both_changes",),
    ),
    Defect(
        "a reminder that is dropped without a reason",
        "bot/core/flow/reminding.py",
        "        pen.write(ReminderDropped(reminder=planned.id, what=what, why=why, at=pen.moment.now))\n",
        "        pass\n",
        (f"{WEEKS}::test_stopping_is_one_tap_and_nothing_comes_afterwards",),
    ),
    Defect(
        "reminders after somebody stopped them",
        "bot/core/schedule/speaking.py",
        ' and consents.get("reminders") is not False\n',
        "\n",
        (f"{WEEKS}::test_stopping_is_one_tap_and_nothing_comes_afterwards",),
    ),
    Defect(
        "a reminder that breaks into what is open",
        "bot/core/schedule/speaking.py",
        "    return state.hold is not None or waits or runs\n",
        "    return False\n",
        ("tests/core/test_expecting.py::test_a_form_that_lies_open_is_left_to_them_for_a_day_and_no_longer",),
    ),
)
