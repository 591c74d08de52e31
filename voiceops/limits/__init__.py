"""Limits that hold over any number of processes: rates, budgets, how much runs at once, wrong passwords. All in PostgreSQL.

Locks are taken in one order, wherever they are needed: generation, asset, rates (person, project), budget, limits, provider.
"""
