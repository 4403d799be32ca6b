"""What Redis cannot take lies sealed on disk, and is taken later, in order, once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from voicebot.errors import StoreError
from voicebot.privacy import Privacy
from voicebot.store import spool as spool_module
from voicebot.store.spool import Spool, SpooledForm

SECRET = "Zoubida, 06 39 98 00 77"


def form(number: int) -> SpooledForm:
    return SpooledForm("/twilio/sms", {"Body": f"{SECRET} {number}"}, "token")


@pytest.fixture
def spool(tmp_path: Path, privacy: Privacy) -> Spool:
    return Spool(tmp_path / "spool", privacy)


async def test_what_was_added_is_taken_once_in_its_order_by_any_process(
    spool: Spool, privacy: Privacy
) -> None:
    taken = list[SpooledForm]()

    async def take(each: SpooledForm) -> None:
        taken.append(each)

    for number in range(30):
        spool.add(form(number))
    assert await Spool(spool.folder, privacy).replay(take) == 30
    assert taken == [form(number) for number in range(30)]
    assert await spool.replay(take) == 0


async def test_what_fails_stays_and_so_does_everything_after_it(spool: Spool) -> None:
    taken = list[SpooledForm]()

    async def take_two(each: SpooledForm) -> None:
        if len(taken) == 2:
            raise StoreError("away")
        taken.append(each)

    for number in range(4):
        spool.add(form(number))
    with pytest.raises(StoreError):
        await spool.replay(take_two)
    assert len(spool.waiting()) == 2


async def test_nobody_reads_it_on_the_disk(spool: Spool) -> None:
    spool.add(form(1))
    (file,) = spool.waiting()
    assert "Zoubida" not in file.read_text()
    assert file.parent.stat().st_mode & 0o077 == 0


async def test_a_form_that_no_key_opens_holds_up_nobody(spool: Spool) -> None:
    taken = list[SpooledForm]()

    async def take(each: SpooledForm) -> None:
        taken.append(each)

    Spool(spool.folder, Privacy("pepper", [Fernet.generate_key().decode()])).add(form(1))
    spool.add(form(2))
    await spool.replay(take)
    assert taken == [form(2)]


async def test_after_three_days_it_interests_nobody(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    async def take(each: SpooledForm) -> None:
        raise StoreError("it can never be taken")

    spool.add(form(1))
    later = spool_module.time.time_ns() + 4 * 86_400 * 10**9
    monkeypatch.setattr(spool_module.time, "time_ns", lambda: later)
    assert await spool.replay(take) == 1


async def test_a_disk_that_refuses_is_named(tmp_path: Path, privacy: Privacy) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="nor the disk"):
        Spool(tmp_path / "file" / "spool", privacy).add(form(1))


async def test_while_one_replays_another_leaves_it_alone(spool: Spool, privacy: Privacy) -> None:
    async def take(each: SpooledForm) -> None:
        async def never(other: SpooledForm) -> None:
            raise AssertionError("taken twice")

        assert await Spool(spool.folder, privacy).replay(never) == 0

    spool.add(form(1))
    assert await spool.replay(take) == 1
    assert os.listdir(spool.folder) == ["lock"]
