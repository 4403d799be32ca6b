"""Teach whisper-base French by telephone: low-rank updates of all its layers, learned on a CPU.

    python -m training.learn var/training/run --steps 2500     # begins, or goes on where it stopped
    python -m training.learn var/training/more --steps 2500 \
        --begin voicebot/speech/updates/whisper-phone.npz      # learns on from a shipped update
    echo 1800 > var/training/run/end                           # ends there instead: cools down from now on

Writes `checkpoint.pt` every 25 steps and `losses.tsv`. See README.md.
"""

from __future__ import annotations

import argparse
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from itertools import count
from pathlib import Path
from typing import Any

import torch

from training.batches import Batches
from training.plan import Plan
from training.sounds import load
from training.whisper import Adapted, Whisper
from voicebot.speech import adaptation
from voicebot.speech.adaptation import Update
from voicebot.speech.weights import read

VAR = Path("var")
SEED, SIZE, RANK, RATE = 15, 8, 16, 6e-4
_KEPT_EVERY, _SHOWN_EVERY = 25, 5


def main() -> None:
    """Begin or go on."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("run", type=Path, help="the folder of this run")
    parser.add_argument("--steps", type=int, required=True, help="where it ends")
    parser.add_argument("--sounds", type=Path, default=VAR / "training" / "spoken")
    parser.add_argument("--model", type=Path, default=VAR / "models" / "whisper-base")
    parser.add_argument("--rate", type=float, default=RATE)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--begin", type=Path, help="an update to learn on from, where a run begins")
    parser.add_argument("--size", type=int, default=SIZE, help="utterances a step")
    parser.add_argument("--threads", type=int, default=2, help="cores")
    chosen = parser.parse_args()
    chosen.run.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(chosen.seed)
    torch.set_num_threads(chosen.threads)
    whisper = Whisper(read(chosen.model / "model.bin"), RANK)
    if chosen.begin:
        begin(whisper, adaptation.read(chosen.begin))
    said = [each for _, each in load(chosen.sounds)]
    print(f"{len(said)} utterances", flush=True)
    learn(
        whisper, Batches(said, chosen.model, chosen.seed, chosen.size), chosen.run, chosen.steps, chosen.rate
    )


def begin(whisper: Whisper, update: Update) -> None:
    """Put a shipped update where learning starts; its scale becomes part of it."""
    with torch.no_grad():
        for layer in whisper.modules():
            if isinstance(layer, Adapted):
                first, second = (
                    torch.from_numpy(each.astype("float32")) for each in update.layers[layer.name]
                )
                layer.first.copy_(first)
                layer.second.copy_(second * update.strength / layer.strength)


def learn(whisper: Whisper, batches: Batches, run: Path, end: int, rate: float) -> None:
    """Up to step `end`, keeping checkpoints in `run`."""
    learned = {name: each for name, each in whisper.named_parameters() if each.requires_grad}
    optimizer = torch.optim.AdamW(learned.values(), lr=rate, betas=(0.9, 0.98), weight_decay=0.01)
    first, plan = _resumed(run / "checkpoint.pt", learned, optimizer, Plan(0, end, rate))
    with ThreadPoolExecutor(1) as ahead, (run / "losses.tsv").open("a") as losses:
        coming, began, recent = ahead.submit(batches.at, first), time.monotonic(), 0.0
        for step in count(first):
            plan = plan.ending(step, _end(run, end))
            if step >= plan.end:
                break
            batch, coming = coming.result(), ahead.submit(batches.at, step + 1)
            optimizer.param_groups[0]["lr"] = plan.at(step)
            loss = whisper.loss(*(torch.from_numpy(each) for each in (batch.mel, batch.tokens, batch.wanted)))
            loss.backward()
            torch.nn.utils.clip_grad_norm_(learned.values(), 1.0)
            optimizer.step()
            optimizer.zero_grad()
            recent = loss.item() if not recent else 0.95 * recent + 0.05 * loss.item()
            losses.write(f"{step}\t{loss.item():.4f}\n")
            if (step + 1) % _SHOWN_EVERY == 0:
                pace = (time.monotonic() - began) / (step + 1 - first)
                print(
                    f"{step + 1}/{plan.end} loss {recent:.3f} rate {plan.at(step):.1e} {pace:.2f} s a step",
                    flush=True,
                )
            if (step + 1) % _KEPT_EVERY == 0 or step + 1 >= plan.end:
                losses.flush()
                _keep(run / "checkpoint.pt", learned, optimizer, plan, step + 1)


def _end(run: Path, planned: int) -> int:
    """Whoever runs out of time writes another end into the file `end`."""
    path = run / "end"
    return int(path.read_text()) if path.exists() else planned


def _keep(
    path: Path, learned: dict[str, Any], optimizer: torch.optim.Optimizer, plan: Plan, step: int
) -> None:
    """The old checkpoint stays until the new one is whole."""
    state = {"learned": learned, "optimizer": optimizer.state_dict(), "plan": asdict(plan), "step": step}
    torch.save(state, path.with_suffix(".new"))
    path.with_suffix(".new").replace(path)


def _resumed(
    path: Path, learned: dict[str, Any], optimizer: torch.optim.Optimizer, fresh: Plan
) -> tuple[int, Plan]:
    if not path.exists():
        return 0, fresh
    state = torch.load(path, weights_only=True)
    with torch.no_grad():
        for name, value in state["learned"].items():
            learned[name].copy_(value)
    optimizer.load_state_dict(state["optimizer"])
    return state["step"], Plan(**state["plan"])


if __name__ == "__main__":
    main()
