"""Who serves models: where, and under which names keys are kept.

The first twelve are spoken to directly, by DSPy's own client; its `router.py` and `registry.py` name the same variables
and addresses (DSPy 3.4.1). Everything else goes through LiteLLM, which is an extra.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec

from skill_fleet.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Provider:
    """`variables` may hold its key, the first that is set counts. `base_url` is that of a server on this machine, empty
    where the client knows the address. `is_native` says that the client needs no LiteLLM."""

    name: str
    variables: tuple[str, ...] = ()
    base_url: str = ""
    needs_key: bool = True
    is_native: bool = True


def _keyless(name: str, base_url: str) -> Provider:
    return Provider(name, base_url=base_url, needs_key=False)


NATIVE: Mapping[str, Provider] = {
    provider.name: provider
    for provider in (
        Provider("openai", ("OPENAI_API_KEY",)),
        Provider("anthropic", ("ANTHROPIC_API_KEY",)),
        Provider("gemini", ("GEMINI_API_KEY", "GOOGLE_API_KEY")),
        Provider("azure", ("AZURE_OPENAI_API_KEY",)),
        Provider("openrouter", ("OPENROUTER_API_KEY",)),
        Provider("groq", ("GROQ_API_KEY",)),
        Provider("deepseek", ("DEEPSEEK_API_KEY",)),
        Provider("xai", ("XAI_API_KEY",)),
        Provider("moonshot", ("MOONSHOTAI_API_KEY", "MOONSHOT_API_KEY")),
        _keyless("ollama", "http://localhost:11434/v1"),
        _keyless("ollama_chat", "http://localhost:11434/v1"),
        _keyless("hosted_vllm", "http://localhost:8000/v1"),
    )
}

#: Some of those that LiteLLM serves, for the hint behind a misspelled name.
_OTHERS = (
    *("bedrock", "cerebras", "cohere", "databricks", "fireworks_ai", "huggingface", "lm_studio", "mistral"),
    *("nvidia_nim", "perplexity", "replicate", "sagemaker", "together_ai", "vertex_ai", "watsonx"),
)


def provider_of(name: str) -> Provider:
    """The provider of the model `name`. Raises `SettingsError` for one that takes what is not installed."""
    prefix = name.partition("/")[0]
    if prefix in NATIVE:
        return NATIVE[prefix]
    if find_spec("litellm") is None:
        raise SettingsError(f"{name}: `{prefix}` is reached through LiteLLM, which is not installed.", _way_out(prefix))
    return Provider(prefix, (f"{prefix.upper()}_API_KEY",), is_native=False)


def _way_out(prefix: str) -> str:
    near = difflib.get_close_matches(prefix, [*NATIVE, *_OTHERS], n=1)
    if prefix not in _OTHERS and near:
        return f"Did you mean `{near[0]}`? Without LiteLLM there are: {', '.join(NATIVE)}."
    return (
        'Install it with pip install "skill-fleet[litellm]"; a server that speaks as OpenAI does needs none, as '
        "openai/NAME with its base_url."
    )
