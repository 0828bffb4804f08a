"""A channel whose entry is wrong is named by the doctor and by readiness, while the others work."""

from pathlib import Path

import pytest

from api.channels.configuration import VARIABLE
from tests.support.command_line import Run
from tests.support.serving import make_key, serving


@pytest.fixture
def wrong_sms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "channels.toml"
    file.touch(mode=0o600)
    file.write_text('[sms]\nurl = "ftp://hidden@gateway.vn"\n[email]\nfile = "mails.jsonl"\n', encoding="utf-8")
    monkeypatch.setenv(VARIABLE, str(file))


@pytest.mark.usefixtures("wrong_sms")
def test_readiness_and_the_doctor_name_it_without_its_content(database_url: str, run: Run) -> None:
    with serving(database_url, key=make_key(database_url)) as desk:
        desk.follow()
        answer = desk.get("/readyz")
    assert (answer.status_code, answer.json()["silent_channels"]) == (200, ["sms"])
    printed = run("doctor", "--json")
    assert printed.code == 1
    assert {check["check"]: check["sound"] for check in printed.json if check["check"].startswith("channel ")} == {
        "channel email": True,
        "channel sms": False,
    }
    assert "hidden" not in str(printed.json)


def test_without_a_file_no_channel_is_silent(database_url: str, run: Run) -> None:
    with serving(database_url, key=make_key(database_url)) as desk:
        desk.follow()
        assert desk.get("/readyz").json()["silent_channels"] == []
    assert run("doctor", "--json").code == 0
