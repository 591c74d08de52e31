"""VoiceOps Studio: from script to speech to approved, deployed, accounted-for voice content."""
