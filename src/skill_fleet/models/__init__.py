"""Which language model does what, at what price and with whose key. Nothing here calls one."""
