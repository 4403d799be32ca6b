"""Whisper in torch, as small as it can be: frozen weights out of CTranslate2's folder, updates that learn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from voicebot.speech.weights import Weights

#: The matrices compute in this: whatever the product rounds to int8 needs no more.
PRECISION = torch.bfloat16


@dataclass(frozen=True)
class Size:
    """`heads` of attention; how large updates are: `rank`, and what they are multiplied by."""

    heads: int
    rank: int
    strength: float


class Adapted(nn.Module):
    """The frozen linear layer `name`, `weight` (out, in), and what it learns: `strength · second · first`."""

    def __init__(self, name: str, weight: Tensor, bias: Tensor, size: Size) -> None:
        super().__init__()
        self.name, self.strength = name, size.strength
        self.register_buffer("weight", weight.to(PRECISION))
        self.register_buffer("bias", bias.to(PRECISION))
        self.first = nn.Parameter(torch.randn(size.rank, weight.shape[1]) / size.rank)
        self.second = nn.Parameter(torch.zeros(weight.shape[0], size.rank))

    def forward(self, x: Tensor) -> Tensor:
        """(…, in) to (…, out)."""
        second = (self.strength * self.second).to(PRECISION)
        out: Tensor = _Updated.apply(x, self.weight, self.bias, self.first.to(PRECISION), second)
        return out


class _Updated(torch.autograd.Function):
    """One product with the updated matrix, and gradients for the small ones alone: less work."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor, first: Tensor, second: Tensor) -> Tensor:
        updated = torch.addmm(weight, second, first)
        ctx.save_for_backward(x, updated, first, second)
        return functional.linear(x, updated, bias)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        x, updated, first, second = ctx.saved_tensors
        rows, grads = x.reshape(-1, x.shape[-1]), grad.reshape(-1, grad.shape[-1])
        for_x = (grads @ updated).view(x.shape) if ctx.needs_input_grad[0] else None
        return for_x, None, None, (grads @ second).T @ rows, grads.T @ (rows @ first.T)


class Reader:
    """Takes layers out of a model's weights by name."""

    def __init__(self, weights: Weights, size: Size) -> None:
        self._variables = weights.variables
        self.size = size

    def tensor(self, name: str) -> Tensor:
        """The variable `name` as float32."""
        return torch.from_numpy(self._variables[name].astype("float32"))

    def linear(self, name: str) -> Adapted:
        """The linear layer `name` with an update that does nothing yet."""
        return Adapted(name, self.tensor(f"{name}/weight"), self.tensor(f"{name}/bias"), self.size)

    def norm(self, name: str) -> Norm:
        """The layer norm `name`."""
        return Norm(self.tensor(f"{name}/gamma"), self.tensor(f"{name}/beta"))

    def layers(self, side: str) -> Iterator[str]:
        """`encoder/layer_0` and so on."""
        place = 0
        while f"{side}/layer_{place}/ffn/linear_0/weight" in self._variables:
            yield f"{side}/layer_{place}"
            place += 1


class Norm(nn.Module):
    """A frozen layer norm."""

    def __init__(self, gamma: Tensor, beta: Tensor) -> None:
        super().__init__()
        self.register_buffer("gamma", gamma)
        self.register_buffer("beta", beta)

    def forward(self, x: Tensor) -> Tensor:
        """The same shape; what comes out is in `PRECISION`."""
        return functional.layer_norm(x.float(), self.gamma.shape, self.gamma, self.beta).to(PRECISION)


class Attention(nn.Module):
    """Attention to itself (queries, keys and values in one layer) or to the encoder's output."""

    def __init__(self, reader: Reader, name: str, to_sound: bool) -> None:
        super().__init__()
        self.heads, self.to_sound = reader.size.heads, to_sound
        self.norm = reader.norm(f"{name}/layer_norm")
        self.linear = nn.ModuleList(reader.linear(f"{name}/linear_{place}") for place in range(2 + to_sound))

    def forward(self, x: Tensor, sound: Tensor | None = None, causal: bool = False) -> Tensor:
        """(batch, length, width), added to `x`."""
        normal = self.norm(x)
        if sound is not None:
            query, (key, value) = self.linear[0](normal), self.linear[1](sound).chunk(2, dim=-1)
        else:
            query, key, value = self.linear[0](normal).chunk(3, dim=-1)
        query, key, value = (self._split(each) for each in (query, key, value))
        mixed = _attended(query, key, value, causal)
        return x + self.linear[-1](mixed.transpose(1, 2).flatten(2))

    def _split(self, x: Tensor) -> Tensor:
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)


def _attended(query: Tensor, key: Tensor, value: Tensor, causal: bool) -> Tensor:
    """(batch, heads, length, size) to the same. For short sounds quicker here than torch's own."""
    scores = (query * query.shape[-1] ** -0.5) @ key.transpose(-1, -2)
    if causal:
        length = query.shape[2]
        scores = scores.masked_fill(torch.ones(length, length, dtype=torch.bool).triu(1), float("-inf"))
    return scores.softmax(dim=-1) @ value


class Layer(nn.Module):
    """One layer of the encoder, or of the decoder, which attends to the sound as well."""

    def __init__(self, reader: Reader, name: str, decoder: bool) -> None:
        super().__init__()
        self.decoder = decoder
        self.to_itself = Attention(reader, f"{name}/self_attention", to_sound=False)
        self.to_sound = Attention(reader, f"{name}/attention", to_sound=True) if decoder else None
        self.norm = reader.norm(f"{name}/ffn/layer_norm")
        self.wide, self.narrow = reader.linear(f"{name}/ffn/linear_0"), reader.linear(f"{name}/ffn/linear_1")

    def forward(self, x: Tensor, sound: Tensor | None = None) -> Tensor:
        """(batch, length, width) to the same."""
        x = self.to_itself(x, causal=self.decoder)
        if self.to_sound is not None:
            x = self.to_sound(x, sound)
        return x + self.narrow(functional.gelu(self.wide(self.norm(x))))


class Whisper(nn.Module):
    """The whole model; `parameters` with a gradient are the updates alone."""

    def __init__(self, weights: Weights, rank: int = 16, strength: float = 2.0) -> None:
        super().__init__()
        heads = int(weights.variables["encoder/num_heads"])
        reader = Reader(weights, Size(heads, rank, strength))
        for name in ("encoder/conv1", "encoder/conv2"):
            self.register_buffer(f"{name[-5:]}_weight", reader.tensor(f"{name}/weight"))
            self.register_buffer(f"{name[-5:]}_bias", reader.tensor(f"{name}/bias"))
        self.register_buffer("places", reader.tensor("encoder/position_encodings/encodings"))
        self.register_buffer("steps", reader.tensor("decoder/position_encodings/encodings"))
        self.register_buffer("words", reader.tensor("decoder/embeddings/weight").to(PRECISION))
        self.encoder = nn.ModuleList(Layer(reader, name, False) for name in reader.layers("encoder"))
        self.decoder = nn.ModuleList(Layer(reader, name, True) for name in reader.layers("decoder"))
        self.heard, self.said = reader.norm("encoder/layer_norm"), reader.norm("decoder/layer_norm")

    def encode(self, mel: Tensor) -> Tensor:
        """(batch, 80, frames) to (batch, frames / 2, width): as many positions as there is sound."""
        x = functional.gelu(functional.conv1d(mel, self.conv1_weight, self.conv1_bias, padding=1))
        x = functional.gelu(functional.conv1d(x, self.conv2_weight, self.conv2_bias, stride=2, padding=1))
        x = (x.transpose(1, 2) + self.places[: x.shape[2]]).to(PRECISION)
        for layer in self.encoder:
            x = layer(x)
        return self.heard(x)

    def decode(self, tokens: Tensor, sound: Tensor) -> Tensor:
        """(batch, length) of tokens to (batch, length, width); `logits` makes chances of it."""
        x = (self.words[tokens] + self.steps[: tokens.shape[1]]).to(PRECISION)
        for layer in self.decoder:
            x = layer(x, sound)
        return self.said(x)

    def logits(self, x: Tensor) -> Tensor:
        """(…, width) to (…, words), float32."""
        return functional.linear(x, self.words).float()

    def loss(self, mel: Tensor, tokens: Tensor, wanted: Tensor) -> Tensor:
        """Mean cross-entropy of the next tokens `wanted` (batch, length), where they are not -1."""
        x = self.decode(tokens, self.encode(mel))
        asked = wanted >= 0
        return functional.cross_entropy(self.logits(x[asked]), wanted[asked])

    @torch.inference_mode()
    def write(self, mel: Tensor, begin: list[int], end: int, most: int = 60) -> list[int]:
        """The likeliest tokens after `begin` for one sound (1, 80, frames), one by one, without `end`."""
        sound, tokens = self.encode(mel), list(begin)
        while len(tokens) < len(begin) + most:
            token = int(self.logits(self.decode(torch.tensor([tokens]), sound)[0, -1]).argmax())
            if token == end:
                break
            tokens.append(token)
        return tokens[len(begin) :]
