"""Starts marimo servers: one zygote forks each kernel into a sandbox that the runner built."""
