# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import FINITE, JSON, TEXT, several

from maquette.core import protocol
from maquette.core.codec import canonical_json
from maquette.core.errors import EngineError
from maquette.core.protocol import (
    AssetMade,
    Cancel,
    Failed,
    Generate,
    Message,
    Progress,
    Quit,
    Ready,
    Warn,
    WasCancelled,
)

TO_ENGINE = st.one_of(
    st.builds(Generate, TEXT, st.dictionaries(TEXT, JSON, max_size=3), TEXT, several(TEXT), TEXT),
    st.builds(Cancel, TEXT),
    st.builds(Quit),
)
TO_HOST = st.one_of(
    st.builds(Ready, TEXT, st.integers(), TEXT, TEXT, several(TEXT)),
    st.builds(Progress, TEXT, FINITE, TEXT),
    st.builds(Warn, TEXT, TEXT),
    st.builds(AssetMade, TEXT, TEXT, several(TEXT), FINITE),
    st.builds(Failed, TEXT, TEXT, TEXT, TEXT),
    st.builds(WasCancelled, TEXT),
)


@given(TO_ENGINE)
def test_what_the_host_says_arrives(message: Message) -> None:
    line = protocol.encode(message)
    assert protocol.decode(line.encode(), protocol.TO_ENGINE) == message
    assert line.count("\n") == 1 and line.isascii()


@given(TO_HOST)
def test_what_the_engine_says_arrives(message: Message) -> None:
    assert protocol.decode(protocol.encode(message), protocol.TO_HOST) == message


@given(st.binary() | st.text() | JSON.map(canonical_json))
def test_nonsense_is_one_engine_error(line: str | bytes) -> None:
    with contextlib.suppress(EngineError):
        protocol.decode(line, protocol.TO_HOST)


@given(TO_HOST)
def test_the_wrong_direction_is_refused(message: Message) -> None:
    with pytest.raises(EngineError, match=r"is no message of protocol"):
        protocol.decode(protocol.encode(message), protocol.TO_ENGINE)


def test_a_line_without_end_is_refused() -> None:
    with pytest.raises(EngineError, match=r"are the most"):
        protocol.decode(b"x" * (protocol.MAX_LINE_BYTES + 1), protocol.TO_HOST)
