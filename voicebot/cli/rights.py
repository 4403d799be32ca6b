"""`voicebot rights`: whether the OpenFisca that is running computes what we know by hand, and how quickly."""

from __future__ import annotations

import argparse
import asyncio
import time

import httpx

from voicebot.cli.command import Commands, add
from voicebot.config import read_settings
from voicebot.rights.calculator import Calculator
from voicebot.rights.cases import check, read_cases


def add_commands(commands: Commands) -> None:
    """Add `rights`."""
    rights = add(commands, "rights", "the estimate of rights, by OpenFisca").add_subparsers(
        required=True, metavar="COMMAND"
    )
    add(rights, "check", "compare OpenFisca with households computed by hand, and its own cases", _check)


def _check(options: argparse.Namespace) -> int:
    url = read_settings().openfisca
    if not url:
        print("VOICEBOT_OPENFISCA is not set, so rights are not estimated (docs/operating.md)")
        return 0
    try:
        return asyncio.run(_checked(Calculator(url)))
    except httpx.HTTPError as error:
        print(f"OpenFisca at {url}: expected an answer, got {type(error).__name__}; is it running?")
        return 1


async def _checked(calculator: Calculator) -> int:
    wrong, begun = 0, time.perf_counter()
    async for each in check(calculator, read_cases()):
        took, begun = time.perf_counter() - begun, time.perf_counter()
        told = ", ".join(f"{name} {each.found.get(name)}" for name in each.differing)
        print(f"{'differs: ' + told if told else 'agrees'} · {each.case.name} · {took:.1f} s")
        wrong += bool(told)
    return int(bool(wrong))
