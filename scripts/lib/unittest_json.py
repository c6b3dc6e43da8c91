"""Runs the Python tests and leaves the counts as JSON: unittest_json.py <folder> <result file>."""

import json
import sys
import unittest

folder, result_file = sys.argv[1:3]
sys.path.insert(0, folder)
suite = unittest.defaultTestLoader.discover(f"{folder}/tests", pattern="test_*.py", top_level_dir=folder)
result = unittest.TextTestRunner(verbosity=2).run(suite)
failed = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
skipped = len(result.skipped) + len(result.expectedFailures)
unrun = [f"{test.id()} ({why})" for test, why in result.skipped]
unrun += [f"{test.id()} (fails, as expected)" for test, _ in result.expectedFailures]
wrong = [f"{test.id()}: {trace.strip().splitlines()[-1]}" for test, trace in result.failures + result.errors]
wrong += [f"{test.id()}: passed, and should not" for test in result.unexpectedSuccesses]
passed = max(result.testsRun - failed - skipped, 0)
counts = {"passed": passed, "failed": failed, "wrong": wrong, "skipped": skipped, "unrun": unrun}
with open(result_file, "w", encoding="utf-8") as file:
    json.dump(counts, file)
sys.exit(1 if failed else 0)
