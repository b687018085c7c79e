"""The file itself: what stands in it, and that it reads back as it was written."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from config_builder import checks, qwc
from config_builder.qwc import QwcFile
from tests.unit.qwc_file.examples import PRIMARY

SAME_IN_EVERY_FILE = {
    "QBType": "QBFS",
    "IsReadOnly": "false",
    "UnattendedModePref": "umpRequired",
    "PersonalDataPref": "pdpNotNeeded",
    "Style": "Document",
}

texts = st.text(st.characters(codec="cp1252", exclude_categories=["C", "Z"]), min_size=1)
guids = st.uuids().map(lambda uuid: f"{{{uuid}}}")
paths = st.text("qbwc19-_/?&=%.", max_size=20)
pages = paths.map(lambda path: f"https://pay.example.com/{path}")
addresses = st.builds(
    "{}://{}/{}".format,
    st.sampled_from(["https", "http"]),
    st.sampled_from(["pay.example.com", "localhost", "10.0.0.5", "[::1]", "joe@example.com"]),
    paths,
)
# Mostly right, so that many pass the checks; and one that is right but for anything in one field.
likely = st.builds(
    QwcFile,
    app_name=texts,
    app_id=texts | st.just(""),
    app_url=pages,
    app_description=texts,
    app_support=pages,
    user_name=texts,
    owner_id=guids | guids.map(str.upper),
    file_id=guids,
    run_every_minutes=st.none() | st.integers(0, 1440),
)
one_field_changed = st.builds(
    lambda name, text: replace(PRIMARY, **{name: text}),
    st.sampled_from([field.name for field in fields(PRIMARY) if field.type is str]),
    st.text() | texts | addresses,
)
files = likely | one_field_changed


def read(content: bytes) -> dict[str, str]:
    """Read the file as a Web Connector would: element name to text, the schedule in minutes."""
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True)
    root = etree.fromstring(content, parser)
    assert root.tag == "QBWCXML"
    return {str(element.tag): element.text or "" for element in root.iter() if not len(element)}


def test_a_primary_install_is_given_its_schedule() -> None:
    assert read(qwc.build(PRIMARY)) == {
        "AppName": "Sunrise Dental payments",
        "AppID": "",
        "AppURL": "https://pay.example.com/qbwc",
        "AppDescription": "Posts the web payments of Sunrise Dental into QuickBooks.",
        "AppSupport": "https://pay.example.com/support",
        "UserName": "qb-front-desk",
        "OwnerID": "{6F1C2A34-0B5D-4E7F-8A9B-0C1D2E3F4A5B}",
        "FileID": "{90e8b3ac-11d2-4c3b-9e1f-aa00bb11cc22}",
        **SAME_IN_EVERY_FILE,
        "RunEveryNMinutes": "15",
    }


def test_a_secondary_install_has_no_schedule() -> None:
    content = qwc.build(replace(PRIMARY, run_every_minutes=None))
    assert b"Scheduler" not in content
    assert b"RunEvery" not in content


def test_the_schedule_stands_in_its_own_element() -> None:
    root = etree.fromstring(qwc.build(PRIMARY))
    assert root.findtext("Scheduler/RunEveryNMinutes") == "15"


def test_there_is_no_password() -> None:
    assert b"assword" not in qwc.build(PRIMARY)


def test_letters_leave_as_ascii() -> None:
    content = qwc.build(replace(PRIMARY, app_name="Café Müller & Söhne"))
    assert b"<AppName>Caf&#233; M&#252;ller &amp; S&#246;hne</AppName>" in content


def test_a_second_download_is_the_same_file() -> None:
    assert qwc.build(PRIMARY) == qwc.build(replace(PRIMARY))


def test_a_refusal_carries_every_problem() -> None:
    wanted = replace(PRIMARY, app_url="http://127.0.0.1:8085/qbwc", user_name="")
    with pytest.raises(qwc.QwcRefused, match=r"QBWC1001.*QBWC1039") as refusal:
        qwc.build(wanted)
    assert refusal.value.problems == checks.problems(wanted)


@given(files)
def test_what_passes_the_checks_reads_back_as_it_was_written(wanted: QwcFile) -> None:
    if checks.problems(wanted):
        with pytest.raises(qwc.QwcRefused):
            qwc.build(wanted)
        return
    content = qwc.build(wanted)
    assert content.isascii()
    minutes = wanted.run_every_minutes
    schedule = {} if minutes is None else {"RunEveryNMinutes": str(minutes)}
    assert read(content) == wanted.texts() | SAME_IN_EVERY_FILE | schedule


@given(files)
def test_every_problem_names_its_element_and_is_a_sentence(wanted: QwcFile) -> None:
    for problem in checks.problems(wanted):
        assert problem.field in {*wanted.texts(), "Scheduler"}
        assert problem.sentence.endswith(".")
        assert problem.code == "" or problem.code in str(problem)
