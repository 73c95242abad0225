"""The fleet on disk. Its files are the only truth: lists, tree and search are derived from them at every call."""
