"""Defects that somebody might write one day, and the tests that must not let them pass.

Each is a small change of the code: ``old`` stands exactly once in ``file``. ``make proof`` plants them one by one.
"""

from __future__ import annotations

from dataclasses import dataclass

WALLS = "tests/usecases/test_walls.py"
ERASING = "tests/usecases/test_erasing.py"
WEEKS = "tests/core/test_weeks.py"
HELD = "tests/core/test_posts_held.py"
ROOM = "tests/core/test_room_rules.py"
ROOMS = "tests/web/test_room_matrix.py"


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
        "                changed = await _try(house, service, line, hot, prepare, once, commit or house.writer.commit)\n",
        "                if acknowledge is not None:\n"
        "                    acknowledge(hot.state.seq + 1)\n"
        "                changed = await _try(house, service, line, hot, prepare, once, commit or house.writer.commit)\n",
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
        "a reminder after a death",
        "bot/usecases/remind.py",
        '    if state.status != "joined":\n        return "care_ended"\n    if not wants(state):\n        return "not_wanted"\n',
        '    if not state.profile.consents.get("reminders"):\n        return "not_wanted"\n',
        (
            "tests/usecases/test_reminders_by_mail.py::test_a_death_recorded_while_the_mail_server_is_down_ends_it",
        ),
    ),
    Defect(
        "a reminder outside the chat that nobody agreed to",
        "bot/usecases/reaching.py",
        '    return bool(consents.get("care") and consents.get(CONSENT))\n',
        '    return bool(consents.get("care"))\n',
        ("tests/usecases/test_reminders_by_mail.py::test_without_a_yes_it_stays_in_the_chat",),
    ),
    Defect(
        "a reminder with another id at each try",
        "bot/usecases/reminder_words.py",
        'message_id=f"<reminder.{reminder}@',
        'message_id=f"<reminder.{house.ids.new()}@',
        (
            "tests/usecases/test_reminders_by_mail.py::test_through_an_outage_it_comes_once_and_under_one_name",
        ),
    ),
    Defect(
        "a reminder is looked at when it is claimed, and not when it leaves",
        "bot/usecases/remind.py",
        '        if (why := _not_worth(one, seen, state)) is not None:\n            return "expired", why\n        letter',
        "        letter",
        (
            "tests/usecases/test_reminders_by_mail.py::test_a_death_while_it_waits_at_the_window_is_seen_there",
        ),
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
        "    if rows.unusual:\n        _must_be_read_again(hot.state, turn)\n",
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
        "a consent is kept without the version of its words",
        "bot/core/turn.py",
        '    _agree(pen, heard.consents)\n    speak(pen, "welcome")\n',
        '    speak(pen, "welcome")\n',
        ("tests/usecases/test_choices.py::test_each_consent_is_kept_with_the_version_of_its_words",),
    ),
    Defect(
        "somebody under 18 joins as everybody does",
        "bot/usecases/ways_in.py",
        "    if not asked.adult:\n        await _decline(house, opened)\n",
        "    if False:\n        await _decline(house, opened)\n",
        ("tests/web/test_entry.py::test_nobody_under_18_comes_in_and_nothing_of_them_is_kept",),
    ),
    Defect(
        "a short code may be guessed at without end",
        "bot/usecases/short_codes.py",
        "            await house.record.invites.wrong_try(service.id, hour)\n",
        "",
        (
            "tests/usecases/test_short_codes.py::test_too_many_wrong_ones_stop_short_codes_until_the_next_hour",
        ),
    ),
    Defect(
        "the hinge opens as published, at 3",
        "bot/core/composing.py",
        "    return {name: n for name, n in sums.items() if n >= plan.hinge.positive_at.get(name, n + 1)}\n",
        "    return {name: n for name, n in sums.items() if n >= 3}\n",
        (
            "tests/core/test_composing.py::test_the_hinge_has_thresholds_of_its_own",
            "tests/core/test_guided.py::test_the_short_form_opens_at_2_of_mood_or_3_of_worry",
        ),
    ),
    Defect(
        "the budget of questions is not asked",
        "bot/core/composing.py",
        "        if asked > plan.budget.items_in_7_days:\n",
        "        if False:\n",
        ("tests/core/test_composing.py::test_the_budget_is_never_exceeded_in_any_7_days",),
    ),
    Defect(
        "no room is kept for the full questionnaires",
        "bot/core/composing.py",
        "            asked += comes[1] - each\n",
        "            asked += 0\n",
        ("tests/core/test_composing.py::test_room_is_kept_for_the_full_ones",),
    ),
    Defect(
        "a daily rating without I am not safe",
        "bot/core/flow/daily.py",
        '    keys = ("not_safe", *(("back",) if run.item else ()), "skip", "later")\n',
        '    keys = (*(("back",) if run.item else ()), "skip", "later")\n',
        ("tests/core/test_guided.py::test_every_screen_of_it_offers_i_am_not_safe",),
    ),
    Defect(
        "a short form without a question about safety",
        "bot/core/flow/guided.py",
        '    if not found:\n        pen.write(PhaseReached(phase="safety"))\n',
        '    if not found:\n        pen.write(PhaseReached(phase="forms"))\n',
        ("tests/core/test_guided.py::test_behind_a_quiet_short_form_comes_the_plain_question",),
    ),
    Defect(
        "a number in the diary that nothing judges",
        "bot/core/turn.py",
        "    caught = measured.judged(_caught(pen, said), pen.state, pen.moment.library, pen.moment.now)\n",
        "    caught = _caught(pen, said)\n",
        (
            "tests/core/test_diary.py::test_a_number_from_a_form_rings_just_the_same",
            "tests/core/test_diary.py::test_a_gain_in_weight_over_some_days_rings_for_the_heart",
        ),
    ),
    Defect(
        "a module is offered before its turn",
        "bot/core/flow/choosing.py",
        "    return not still_before(module, state, library.modules)\n",
        "    return True\n",
        ("tests/core/test_choosing.py::test_what_comes_later_in_its_series_is_never_offered",),
    ),
    Defect(
        "a reason that is not true of them",
        "bot/core/flow/choosing.py",
        '        case "helped" if other and state.helped.get(of) in ("yes", "little"):\n',
        '        case "helped" if other:\n',
        ("tests/core/test_choosing.py::test_a_reason_that_is_not_true_of_them_is_not_said",),
    ),
    Defect(
        "a form of somebody else is taken",
        "bot/web/plain/forms.py",
        "    if not secret or not given.isascii() or not hmac.compare_digest(given, token_for(secret)):\n",
        "    if not secret:\n",
        ("tests/web/test_plain_safety.py::test_a_form_without_its_token_changes_nothing",),
    ),
    Defect(
        "a form that is sent twice takes effect twice",
        "bot/web/plain/forms.py",
        "    return uuid5(page, json.dumps(said, sort_keys=True))\n",
        "    from uuid import uuid4\n\n    return uuid4()\n",
        (
            "tests/web/test_plain_conversation.py::test_words_that_are_sent_twice_are_said_once",
            "tests/web/test_plain_groups.py::test_a_post_is_written_once_held_and_seen_by_others_when_let_through",
        ),
    ),
    Defect(
        "words in a plain form are screened only when the record answers",
        "bot/web/plain/saying.py",
        '    posted = Posted(request, "plain", token, words, shaped)\n',
        '    posted = Posted(request, "plain", token, None, shaped)\n',
        ("tests/web/test_plain_safety.py::test_crisis_words_over_plain_pages_are_signposted_in_a_second",),
    ),
    Defect(
        "the words of somebody who was erased stay where they were",
        "bot/adapters/postgres/erasing.py",
        "    for name, whose in ERASED.items():\n",
        "    for name, whose in ():\n",
        (f"{ERASING}::test_erased_at_once_from_the_chat",),
    ),
    Defect(
        "the key of somebody who was erased is kept",
        "bot/adapters/postgres/erasing.py",
        "    await c.execute(gone_key.values(wrapped_key=None))\n",
        "",
        (f"{ERASING}::test_erased_at_once_from_the_chat",),
    ),
    Defect(
        "an open alert goes with the record",
        "bot/core/erasing.py",
        '    if any(alert.status != "resolved" for alert in state.alerts.values()):\n',
        "    if False:\n",
        (f"{ERASING}::test_an_open_alert_is_never_closed_by_erasing",),
    ),
    Defect(
        "what was skipped is handed over as an answer",
        "bot/core/record/fhir.py",
        "        if given is None:\n            return row\n",
        "        given = given or 0\n",
        ("tests/usecases/test_export.py::test_the_bundle_is_fhir_and_points_at_nothing_outside",),
    ),
    Defect(
        "a script that browsers of 2020 cannot read",
        "bot/web/static/widget/outbox.js",
        "    entry.reason = reason || null;\n",
        "    entry.reason = reason;\n    entry.reason ??= null;\n",
        ("tests/browser/test_of_2020.py::test_every_script_that_we_ship_is_es2020",),
    ),
    Defect(
        "words of a patient to a voice on the internet",
        "bot/web/static/widget/aloud.js",
        "  return spoken.filter((voice) => voice.localService === true && ",
        "  return spoken.filter((voice) => ",
        ("tests/browser/test_widget_settings.py::test_only_voices_of_the_device_are_asked",),
    ),
    Defect(
        "an old number while the service answers",
        "bot/web/static/widget/chat-worker.js",
        "  const late = new Promise((resolve) => setTimeout(resolve, ANSWER_WITHIN_MS));\n",
        "  const late = cache.match(name);\n",
        ("tests/browser/test_widget_offline.py::test_online_no_number_is_an_old_one",),
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
        "    return bool(cared_for and not state.weeks.stopped)\n",
        "    return bool(cared_for)\n",
        (f"{WEEKS}::test_stopping_is_one_tap_and_nothing_comes_afterwards",),
    ),
    Defect(
        "a reminder that breaks into what is open",
        "bot/core/schedule/speaking.py",
        "    return state.hold is not None or waits or runs\n",
        "    return False\n",
        ("tests/core/test_expecting.py::test_a_form_that_lies_open_is_left_to_them_for_a_day_and_no_longer",),
    ),
    Defect(
        "an older answer draws over a newer one in My reminders",
        "bot/web/static/widget/reminders.js",
        "      if (mine !== this.looks) return;\n      this.body.replaceChildren(this.switches",
        "      this.body.replaceChildren(this.switches",
        (
            "tests/browser/test_widget_reminders.py::test_an_answer_that_comes_late_never_draws_over_a_newer_one",
        ),
    ),
    Defect(
        "a shared device is said to be signed out while its session lasts",
        "bot/web/screen.py",
        "            await end_idle(self._house, self._session)\n",
        "            pass\n",
        ("tests/web/test_shared_device.py::test_an_open_socket_is_closed_and_its_session_is_over",),
    ),
    Defect(
        "an address may hold what a browser takes for white space",
        "bot/web/entry.py",
        r"\x7f-\x9f\ufeff]",
        "]",
        ("tests/web/test_entry.py",),
    ),
    Defect(
        "nobody who was taken on or back is looked back with",
        "bot/core/leaving.py",
        '        speak(pen, "care_taken_back")\n        speak(pen, "team_hours")\n        graduating.plan(pen)\n',
        '        speak(pen, "care_taken_back")\n        speak(pen, "team_hours")\n',
        ("tests/usecases/test_graduating.py::test_the_weeks_are_counted_anew_for_whoever_came_back",),
    ),
    Defect(
        "somebody who said no is counted for groups",
        "bot/adapters/postgres/evaluation.py",
        "     AND l.state->'profile'->'consents'->>:consent = 'true'\n",
        "     AND :consent <> ''\n",
        (
            "tests/usecases/test_group_evidence.py::test_who_has_not_agreed_changes_not_one_byte",
            "tests/contracts/test_record_evaluation.py::test_only_a_yes_in_force_to_these_very_words_counts",
        ),
    ),
    Defect(
        "a yes to older words counts for groups",
        "bot/adapters/postgres/evaluation.py",
        "     AND l.state->'profile'->'answered'->>:consent = :words),\n",
        "     AND :words <> ''),\n",
        ("tests/usecases/test_group_evidence.py::test_who_has_not_agreed_changes_not_one_byte",),
    ),
    Defect(
        "who had taken part is judged by what came after",
        "bot/core/participation.py",
        "    kind = class_of(one, since, landmark, how)\n",
        "    kind = class_of(one, since, now, how)\n",
        ("tests/core/test_participation.py::test_nothing_after_the_landmark_changes_who_had_taken_part",),
    ),
    Defect(
        "what was better before somebody joined counts for the group",
        "bot/core/participation.py",
        "        outcome_of(Pair(stood, last, 0), rules),\n",
        "        outcome_of(Pair(first, last, 0), rules),\n",
        ("tests/core/test_participation.py::test_what_was_better_before_the_landmark_counts_for_nobody",),
    ),
    Defect(
        "a phone number in circles is no number",
        "bot/core/posts/held.py",
        "    cased = as_seen(text)\n",
        "    cased = text\n",
        (f"{HELD}::test_a_number_is_found_in_any_dress",),
    ),
    Defect(
        "a phone number ends where words stand between",
        "bot/core/posts/figures.py",
        "_MOST_WORDS, _MOST_SIGNS, _CUE_REACH = 3, 8, 8",
        "_MOST_WORDS, _MOST_SIGNS, _CUE_REACH = 0, 8, 8",
        (f"{HELD}::test_a_number_is_found_in_any_dress",),
    ),
    Defect(
        "a helpline is a number like any other",
        "bot/core/posts/figures.py",
        "        if matched and isinstance(atom, Atom):\n",
        "        if False:\n",
        (f"{HELD}::test_the_numbers_of_an_illness_pass",),
    ),
    Defect(
        "what a doctor told somebody is advice to others",
        "bot/core/posts/wording.py",
        "        return any(self._guards[name].silences(cue, sentence, text) for name in rule.guards)\n",
        "        return False\n",
        (f"{HELD}::test_who_says_it_of_whom_decides", f"{HELD}::test_every_rule_keeps_its_promises"),
    ),
    Defect(
        "letters of another script make a name that looks like staff",
        "bot/core/posts/names.py",
        "    cased = as_seen(name)\n",
        "    cased = name\n",
        (f"{HELD}::test_a_name_that_looks_like_staff_is_refused",),
    ),
    Defect(
        "a name that wears a badge",
        "bot/core/posts/names.py",
        " or not all(map(_may_stand, name)):\n",
        ":\n",
        (f"{HELD}::test_a_name_wears_no_badge",),
    ),
    Defect(
        "in a room: flags are counted and not who raised them",
        "bot/core/room/moderating.py",
        "    if len({flag for p in theirs for flag in p.flags}) >= numbers.flags_to_pause:\n",
        "    if sum(len(p.flags) for p in theirs) >= numbers.flags_to_pause:\n",
        (f"{ROOM}::test_one_who_flags_much_is_one",),
    ),
    Defect(
        "in a room: an appeal is answered by who decided",
        "bot/core/room/moderating.py",
        "    if decided is not None and decided.by == heard.by:\n",
        "    if False:\n",
        (f"{ROOM}::test_who_decided_is_remembered_for_as_long_as_somebody_asks",),
    ),
    Defect(
        "in a room: one post of distress more than the cap",
        "bot/core/room/moderating.py",
        "    if len(taken) < cap:\n",
        "    if len(taken) <= cap:\n",
        (f"{ROOM}::test_a_worker_that_was_down_does_not_crowd_posts_of_distress_into_one_hour",),
    ),
    Defect(
        "in a room: whoever is paused may post",
        "bot/core/room/posting.py",
        "    if member.paused is not None:\n",
        "    if False:\n",
        (f"{ROOM}::test_whoever_is_paused_or_outside_writes_and_presses_nothing",),
    ),
    Defect(
        "in a room: whoever is outside may press",
        "bot/core/room/posting.py",
        "    if pen.state.member(heard.by) is None:\n",
        "    if False:\n",
        (f"{ROOM}::test_whoever_is_paused_or_outside_writes_and_presses_nothing",),
    ),
    Defect(
        "in a room: a strike ends with an older one that was taken back",
        "bot/core/fold.py",
        "paused=member.paused if later else None",
        "paused=None",
        (f"{ROOM}::test_a_strike_that_was_taken_back_late_leaves_a_later_one",),
    ),
    Defect(
        "in a room: what was taken back is shown again",
        "bot/core/room/moderating.py",
        '    if post.status in ("shown", "withdrawn"):\n',
        '    if post.status == "shown":\n',
        (f"{ROOM}::test_a_post_that_was_taken_back_is_not_shown_again_by_an_appeal",),
    ),
    Defect(
        "in a room: a post is flagged that nobody has seen",
        "bot/core/room/moderating.py",
        ' or (post is not None and post.status == "held"):\n',
        ":\n",
        (f"{ROOM}::test_nobody_flags_what_they_cannot_see",),
    ),
    Defect(
        "in a room: a held post is shown at once",
        "bot/core/room/posting.py",
        '            status="held" if why else "shown",\n',
        '            status="shown",\n',
        (f"{ROOM}::test_whatever_is_done_in_a_room",),
    ),
    Defect(
        "of rooms: an old message lets in whoever has left",
        "bot/web/screen.py",
        "            if message.shown.room is not None and not replayed:\n"
        "                await self._enter_new(LineId(UUID(message.shown.room)))\n",
        "            if message.shown.room is not None:\n"
        "                await self._enter(LineId(UUID(message.shown.room)))\n",
        (f"{ROOMS}::test_sockets_of_everybody",),
    ),
    Defect(
        "of rooms: an open screen goes on after its member has left",
        "bot/usecases/feeds.py",
        "if members is None or reader in members]",
        "if True]",
        (f"{ROOMS}::test_whoever_has_left_hears_nothing_more_on_the_screens_that_are_open",),
    ),
    Defect(
        "of rooms: held posts are shown to everybody in the room",
        "bot/usecases/rooms.py",
        '    if post.status == "held" and post.author != reader:\n',
        "    if False:\n",
        (f"{ROOMS}::test_every_way_of_reading_of_everybody",),
    ),
    Defect(
        "of rooms: hidden words are sent with the sign that they are hidden",
        "bot/usecases/rooms.py",
        '        return structs.replace(post, shown=Shown(text=""), reactions=None, warning=None, mentions=())\n',
        "        return post\n",
        (f"{ROOMS}::test_every_way_of_reading_of_everybody",),
    ),
    Defect(
        "of rooms: whom a host is to look at comes in by the next one",
        "bot/usecases/rooms.py",
        "    for patient in state.next_in if state is not None else ():\n",
        "    for patient in state.waiting if state is not None else ():\n",
        (f"{ROOMS}::test_whom_a_host_looks_at_first_is_not_let_into_the_next_room_instead",),
    ),
)
