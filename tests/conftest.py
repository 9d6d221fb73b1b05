"""What holds for all tests."""

import os

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    """Where everything is meant to be installed (`NIJIGEN_TESTS=all`, as in `.ci/run`), a skipped test has failed."""
    report = yield
    if report.skipped and os.environ.get("NIJIGEN_TESTS") == "all" and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, although everything should be here: {report.longrepr}"
    return report
