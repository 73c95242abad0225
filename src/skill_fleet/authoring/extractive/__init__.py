"""An author without a language model."""
