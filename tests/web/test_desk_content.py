"""Content at the desk: an editor's draft, its problems while it is typed, a lead's signature, and publishing."""

from __future__ import annotations

import html
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from clinic import Clinic
from desk_client import Page, Site, at_desk

from bot.authoring import Edition
from bot.core.library import Library
from bot.core.values import StaffId
from bot.ports import StaffMember
from bot.usecases.publish import publish
from bot.web.desk.rehearsing import module_of

PAGE = "modules/copd/breathlessness-and-worry.en.md"
AT = "/desk/content/file?file=modules/copd/breathlessness-and-worry.en.md"


async def member(clinic: Clinic, role: str) -> StaffMember:
    made = replace(
        clinic.therapist,
        id=StaffId(clinic.house.ids.new()),
        email=f"{role}-{clinic.service.slug}@clinic.example",
        name=f"{role.title()} Person",
        roles=frozenset({role}),
    )
    await clinic.house.record.staff.add(made)
    return made


@pytest.fixture
async def place(site: Site, edition: Edition) -> AsyncIterator[Site]:
    """The shipped library is in force again afterwards."""
    yield site
    await publish(site.clinic.house, edition.library, "tests", bodies=edition.bodies)


def text_on(page: Page) -> str:
    inside = page.html.partition("<textarea id=")[2].partition(">\n")[2].partition("</textarea>")[0]
    return html.unescape(inside)


def hidden(page: Page, name: str) -> str:
    return page.html.partition(f'name="{name}" value="')[2].partition('"')[0]


async def test_an_editor_sees_content_and_no_patient(place: Site) -> None:
    editor = await member(place.clinic, "editor")
    async with at_desk(place, editor) as desk:
        assert (await desk.opens("/desk")).location == "/desk/content"
        listed = (await desk.opens("/desk/content")).words
        refused = [(await desk.opens(p)).status for p in ("/desk/patients", "/desk/groups", "/desk/invite")]
    assert "Breathlessness and worry modules/copd/breathlessness-and-worry.en.md Not signed" in listed
    assert refused == [404, 404, 404]


@pytest.mark.parametrize("role", ["therapist", "duty", "host"])
async def test_content_is_not_there_for_others(place: Site, role: str) -> None:
    async with at_desk(place, await member(place.clinic, role)) as desk:
        found = [(await desk.opens(path)).status for path in ("/desk/content", AT, "/desk/content/publish")]
    assert found == [404, 404, 404]


async def test_from_a_draft_to_a_release(place: Site) -> None:
    editor, lead = await member(place.clinic, "editor"), await member(place.clinic, "lead")
    async with at_desk(place, editor) as desk:
        page = await desk.opens(AT)
        text = text_on(page).replace("Hello {{", "Good day {{", 1).replace("unsigned draft", "Lead Person")
        fields = {name: hidden(page, name) for name in ("file", "over", "base")}
        saved = await desk.sends("/desk/content/save", page.token, text=text, **fields)
        page = await desk.opens(saved.location)
        assert "Your draft is saved." in page.words
        assert "Draft, version 1" in page.words
        assert text_on(page) == text
        assert "Sign as" not in page.words
    async with at_desk(place, lead) as desk:
        page = await desk.opens(AT)
        mark = hidden(page, "mark")
        signed = await desk.sends("/desk/content/sign", page.token, file=PAGE, mark=mark, read="yes")
        assert signed.location.endswith("said=signed")
        assert "Signed as it stands by Lead Person" in (await desk.opens(AT)).words
    async with at_desk(place, editor) as desk:
        page = await desk.opens("/desk/content/publish")
        assert "module copd/breathlessness-and-worry changed: clinical_lead, signed, #" in page.words
        release = hidden(page, "release")
        done = await desk.sends("/desk/content/publish", page.token, release=release, files=PAGE)
        assert done.location == "/desk/content?said=published"
        assert "Signed by Lead Person" in (await desk.opens("/desk/content")).words
    library = place.clinic.house.shelf.library
    assert (library.release, library.modules["copd/breathlessness-and-worry"].signed) == (release, True)


async def test_problems_are_told_while_somebody_types(place: Site) -> None:
    editor = await member(place.clinic, "editor")
    async with at_desk(place, editor) as desk:
        page = await desk.opens(AT)
        text = text_on(page).replace("::: urgent", "::: urgnt", 1)
        answer = await desk.sends("/desk/content/check", page.token, file=PAGE, text=text)
        assert '"code": "C201"' in answer.html
        assert "did you mean \\u0027urgent\\u0027?" in answer.html or "did you mean 'urgent'?" in answer.html


async def test_a_draft_with_an_error_is_kept_and_says_what_to_correct(place: Site) -> None:
    editor = await member(place.clinic, "editor")
    async with at_desk(place, editor) as desk:
        page = await desk.opens(AT)
        fields = {name: hidden(page, name) for name in ("file", "over", "base")}
        await desk.sends("/desk/content/save", page.token, text="nothing here yet", **fields)
        page = await desk.opens("/desk/content/publish")
    assert "C010 the front matter is missing" in page.words
    assert 'name="release"' not in page.html


async def test_the_second_of_two_editors_is_told(place: Site) -> None:
    editor = await member(place.clinic, "editor")
    async with at_desk(place, editor) as desk:
        page = await desk.opens(AT)
        fields = {name: hidden(page, name) for name in ("file", "over", "base")}
        await desk.sends("/desk/content/save", page.token, text="mine", **fields)
        late = await desk.sends("/desk/content/save", page.token, text="theirs", **fields)
    assert late.status == 409
    assert "Somebody else has changed this" in late.words


async def test_a_new_module_begins_as_a_page_without_an_error(place: Site) -> None:
    editor = await member(place.clinic, "editor")
    async with at_desk(place, editor) as desk:
        token = (await desk.opens("/desk/content")).token
        begun = await desk.sends("/desk/content/new", token, condition="pain", name="Flare-ups & rest")
        page = await desk.opens(begun.location)
    assert begun.location == "/desk/content/file?file=modules/pain/flare-ups-rest.en.md"
    assert "0 to correct" in page.words or "Nothing to correct." in page.words
    assert "title: Flare ups rest" in text_on(page)


async def test_a_new_group_begins_as_a_page_without_an_error(place: Site) -> None:
    editor = await member(place.clinic, "editor")
    async with at_desk(place, editor) as desk:
        page = await desk.opens("/desk/content")
        assert "A new group" in page.words
        begun = await desk.sends(
            "/desk/content/new", page.token, what="group", condition="heart", name="Living with heart failure"
        )
        page = await desk.opens(begun.location)
    assert begun.location == "/desk/content/file?file=groups/living-with-heart-failure.en.md&for=heart"
    assert "0 to correct" in page.words or "Nothing to correct." in page.words
    assert "for: [heart]" in text_on(page) and "title: Living with heart failure" in text_on(page)


async def test_a_draft_is_played_as_patients_would_meet_it_and_nothing_is_kept(place: Site) -> None:
    editor = await member(place.clinic, "editor")
    async with at_desk(place, editor) as desk:
        page = await desk.opens(AT)
        fields = {name: hidden(page, name) for name in ("file", "over", "base")}
        text = text_on(page).replace("Hello {{", "Good day {{", 1)
        await desk.sends("/desk/content/save", page.token, text=text, **fields)
        assert "/desk/content/rehearsal?module=copd/breathlessness-and-worry" in (await desk.opens(AT)).html
        where = place.url + "/desk/content/rehearsal?module=copd/breathlessness-and-worry&seat=desk"
        async with desk.http.ws_connect(where, protocols=("bounceback.v1",)) as ws:
            await ws.send_json({"type": "hello"})
            said = [str((await ws.receive_json(timeout=20)).get("text", "")) for _ in range(5)]
    assert any(text.startswith("Good day Sam.") for text in said), said


@pytest.mark.parametrize("role", ["therapist", "host"])
async def test_a_rehearsal_is_for_those_who_edit_or_sign(place: Site, role: str) -> None:
    async with at_desk(place, await member(place.clinic, role)) as desk:
        assert (await desk.opens("/desk/content/rehearsal?module=copd/a")).status == 404


async def test_a_page_elsewhere_opens_no_rehearsal(place: Site) -> None:
    async with at_desk(place, await member(place.clinic, "editor")) as desk:
        answer = await desk.opens("/desk/content/rehearsal?module=copd/a", Origin="https://elsewhere.example")
    assert answer.status in (403, 409)


@pytest.mark.parametrize("file", ["../etc/passwd", "SIGNOFF.toml", "modules/copd/x.en.html", "", "a" * 5000])
async def test_what_is_no_text_of_the_content_is_not_there(place: Site, file: str) -> None:
    async with at_desk(place, await member(place.clinic, "editor")) as desk:
        token = (await desk.opens("/desk/content")).token
        assert (await desk.opens(f"/desk/content/file?file={file}")).status == 404
        sent = await desk.sends("/desk/content/save", token, file=file, text="x", over="0", base="")
    assert sent.status in (403, 409)


async def test_a_signature_of_a_text_in_force_is_published_too(place: Site) -> None:
    file, at = "groups/copd.en.md", "/desk/content/file?file=groups/copd.en.md"
    async with at_desk(place, await member(place.clinic, "lead")) as desk:
        assert (await desk.opens("/desk/content/publish")).location == "/desk/content"
        page = await desk.opens(at)
        await desk.sends("/desk/content/sign", page.token, file=file, mark=hidden(page, "mark"), read="yes")
        page = await desk.opens("/desk/content/publish")
        assert f"Newly signed: {file}." in page.words
        await desk.sends("/desk/content/publish", page.token, release=hidden(page, "release"), files="")
    assert file not in place.clinic.house.shelf.library.unsigned


@pytest.mark.parametrize(
    ("file", "key"),
    [
        ("modules/copd/breathlessness-and-worry.pl.md", "copd/breathlessness-and-worry.pl"),
        ("modules/pain/pacing.easy.en.md", "pain/pacing.easy"),
        ("answers/copd/flying.en.md", "answers/copd/flying"),
        ("groups/copd.en.md", None),
    ],
)
def test_the_chat_beside_a_file_plays_the_page_that_it_is(
    library: Library, file: str, key: str | None
) -> None:
    assert module_of(library, file) == key
