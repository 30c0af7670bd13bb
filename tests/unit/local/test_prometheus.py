"""Which Prometheus is taken, and what a machine without one is told."""

from pathlib import Path

import pytest

from deploy.local.prometheus import NoPrometheus, program_of


def executable(file: Path) -> Path:
    file.write_text("#!/bin/sh\n")
    file.chmod(0o755)
    return file


def test_without_one_the_sentence_names_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(NoPrometheus, match=r"install Debian's package prometheus .*DENGWEN_PROMETHEUS"):
        program_of({"PATH": str(tmp_path)})


def test_the_one_installed_is_taken(tmp_path: Path) -> None:
    installed = executable(tmp_path / "prometheus")

    assert program_of({"PATH": str(tmp_path)}) == str(installed)


def test_the_one_named_goes_before_the_one_installed(tmp_path: Path) -> None:
    executable(tmp_path / "prometheus")
    named = executable(tmp_path / "another")

    assert program_of({"PATH": str(tmp_path), "DENGWEN_PROMETHEUS": str(named)}) == str(named)


def test_a_name_that_is_no_program_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoPrometheus, match="is no program"):
        program_of({"PATH": "", "DENGWEN_PROMETHEUS": str(tmp_path / "gone")})
