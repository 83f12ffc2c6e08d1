"""Parameters: checked when read, and named by their content."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from nbalib.errors import ParameterError
from nbalib.params import load_params

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        (
            "brands.yaml",
            "default: {hours: {zoen: UTC}}",
            "unknown key 'default.hours.zoen'; did you mean 'zone'?",
        ),
        ("brands.yaml", "default: {hours: {zone: Mars/Base}}", "no such time zone: 'Mars/Base'"),
        (
            "policy.yaml",
            "max_contacts_7d: -1",
            "max_contacts_7d: Input should be greater than or equal to 0, not -1",
        ),
        ("policy.yaml", "cool_off_hours: 1\ncool_off_hours: 2", "key 'cool_off_hours' is given twice"),
        ("policy.yaml", "- 1", "holds list, not names and values"),
        ("policy.yaml", "a: [", "is not readable YAML"),
        ("accounts.yaml", "accounts: [{account: A}, {account: a}]", "account 'a' of twitter is listed twice"),
        ("accounts.yaml", "accounts: [{account: A, rol: bot}]", "did you mean 'role'?"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, file: str, text: str, said: str) -> None:
    """The error names the file, the key, and the nearest known key or the value at fault."""
    (tmp_path / file).write_text(text, encoding="utf-8")
    with pytest.raises(ParameterError) as refused:
        load_params(tmp_path)
    assert file in str(refused.value)
    assert said in str(refused.value)


def test_an_absent_folder_is_refused(tmp_path: Path) -> None:
    """A folder that is not there is no empty set of parameters."""
    with pytest.raises(ParameterError, match="does not exist"):
        load_params(tmp_path / "absent")


def test_equal_parameters_have_equal_names(tmp_path: Path) -> None:
    """The digest depends on what is said, not on how it is laid out; a changed value changes it."""
    digests = []
    for text in (
        "max_contacts_7d: 2\ncool_off_hours: 24\n",
        "{cool_off_hours: 24.0, max_contacts_7d: 2}",
        "{}",
    ):
        (tmp_path / "policy.yaml").write_text(text, encoding="utf-8")
        digests.append(load_params(tmp_path).digest)
    (tmp_path / "policy.yaml").write_text("max_contacts_7d: 3", encoding="utf-8")
    assert len(set(digests)) == 1
    assert load_params(tmp_path).digest != digests[0]


def test_a_brand_without_a_block_has_the_default(repository: Path) -> None:
    """The shipped parameters are readable, and an unknown brand sounds and works as the default."""
    params = load_params(repository / "params")
    assert params.brands.of("NobodyKnowsThem") == params.brands.of(None) == params.brands.default
