"""The configuration of the channels: what it names, what it refuses, and that it shows no secret."""

import os
from pathlib import Path

import pytest

from api.channels.configuration import (
    EVERY,
    ChannelsConfig,
    ChannelsRefused,
    ConfiguredChannels,
    ReadChannels,
    configured_channels,
    read_channels,
)
from tests.support.sending import SECRET

GOOD = f"""
[email]
host = "smtp.example.vn"
user = "care"
password = "p4ssword"
sender = "care@example.vn"
[sms]
file = "sms.jsonl"
[zalo]
url = "https://gateway.example.vn/zalo"
token = "t0ken"
[webhook.crm]
url = "https://crm.example.vn/hook"
secrets = ["{SECRET}"]
"""


def written(folder: Path, text: str, mode: int = 0o600) -> Path:
    file = folder / "channels.toml"
    file.write_text(text, encoding="utf-8")
    file.chmod(mode)
    return file


def test_a_file_names_the_channels(tmp_path: Path) -> None:
    file = written(tmp_path, GOOD)
    config, wrong = configured_channels({"TICKETLEDGER_CHANNELS": str(file)})
    lanes = ConfiguredChannels(config).lanes
    assert set(lanes) == {("email", None), ("sms", None), ("zalo", None), ("webhook", "crm")}
    assert not wrong
    assert ConfiguredChannels(configured_channels({}).config).lanes == {}


@pytest.mark.parametrize(
    ("text", "secret", "entry"),
    [
        (GOOD.replace("host =", "hostt ="), "p4ssword", "email"),
        (GOOD.replace(SECRET, "whsec_c2hvcnQ="), "c2hvcnQ", "webhook.crm"),
        (GOOD.replace("t0ken", "t0k\\u00e9n"), "t0k", "zalo"),
        (GOOD.replace("https://gateway.example.vn", "https://me:hidden@gateway.example.vn"), "hidden", "zalo"),
        (GOOD.replace("[sms]", "[fax]"), "p4ssword", "fax"),
        (GOOD.replace("[email]", "[email]\nport = -1"), "p4ssword", "email"),
    ],
)
def test_a_wrong_entry_is_named_without_a_secret_and_silences_its_channel_alone(
    tmp_path: Path, text: str, secret: str, entry: str
) -> None:
    config, wrong = read_channels(written(tmp_path, text))
    assert list(wrong) == [entry]
    assert secret not in wrong[entry]
    lanes = {channel if name is None else f"{channel}.{name}" for channel, name in ConfiguredChannels(config).lanes}
    assert lanes == {"email", "sms", "zalo", "webhook.crm"} - {entry.replace("fax", "sms")}


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ("nix = 1", "zalo.url: this field is required; zalo.nix: there is no such field"),
        ('file = "a"\nnix = 1', "zalo.nix: there is no such field"),
    ],
)
def test_what_is_wrong_is_named_by_the_keys_of_the_file(tmp_path: Path, entry: str, says: str) -> None:
    assert read_channels(written(tmp_path, f"[zalo]\n{entry}")).sentences == [f"Nothing is sent over zalo: {says}"]


def test_one_wrong_endpoint_leaves_the_other_one(tmp_path: Path) -> None:
    other = GOOD + f'[webhook.erp]\nurl = "ftp://erp.example.vn"\nsecrets = ["{SECRET}"]\n'
    config, wrong = read_channels(written(tmp_path, other))
    assert list(wrong) == ["webhook.erp"]
    assert ("webhook", "crm") in ConfiguredChannels(config).lanes


def test_a_file_that_is_no_toml_silences_every_channel_without_showing_a_secret(tmp_path: Path) -> None:
    file = written(tmp_path, GOOD + "password = p4ssword")
    with pytest.raises(ChannelsRefused) as refused:
        read_channels(file)
    assert "p4ssword" not in str(refused.value)
    assert "p4ssword" not in repr(refused.value.__cause__)
    assert refused.value.__suppress_context__
    config, wrong = configured_channels({"TICKETLEDGER_CHANNELS": str(file)})
    assert wrong == {EVERY: str(refused.value)}
    assert ReadChannels(config, wrong).sentences == [f"Nothing is sent over any channel: {refused.value}"]
    assert ConfiguredChannels(config).lanes == {}


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_file_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(ChannelsRefused, match="chmod 600"):
        read_channels(written(tmp_path, GOOD, mode))


def test_secrets_are_not_shown() -> None:
    config = ChannelsConfig.model_validate({"webhook": {"crm": {"url": "https://a.vn", "secrets": [SECRET]}}})
    assert SECRET.removeprefix("whsec_") not in repr(config)
    assert os.environ.get("TICKETLEDGER_CHANNELS") is None


def test_a_file_that_cannot_be_read_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(ChannelsRefused, match="cannot be read: No such file or directory"):
        read_channels(tmp_path / "channels.toml")
    file = written(tmp_path, "")
    file.write_bytes(b"\xff")
    with pytest.raises(ChannelsRefused, match="cannot be read: it is not UTF-8"):
        read_channels(file)
