"""Measurements as one page for a browser: one file, no network, no scripts."""
