"""The language model behind the ports: what DSPy takes and gives. Only this room imports it."""
