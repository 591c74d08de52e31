"""Examining what was spoken, in a process of its own that yields to everything else: say-back, word times, faults of the signal."""

from voiceops.examiner.process import Examiner, ExaminerLost
from voiceops.examiner.subject import Report, Subject

__all__ = ["Examiner", "ExaminerLost", "Report", "Subject"]
