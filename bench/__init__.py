"""Programs that measure VoiceOps Studio and try to break it: `python -m bench`, `bench.fuzz`, `bench.chaos`. Linux only."""
