"""`python -m voiceops` is `voiceops`."""

from voiceops.cli import main

main()
