"""A short storm over a real studio: `make chaos` runs longer ones."""

from bench.chaos import run


def test_nothing_accepted_is_lost_or_done_twice_whatever_is_killed() -> None:
    outcome = run(seed=1, faults=6, pause_s=1.0)
    assert outcome.violations == []
    assert outcome.harms == 6, "it was a storm"
    assert outcome.ended["succeeded"] > 5, "and the studio did what it was asked for in it"
