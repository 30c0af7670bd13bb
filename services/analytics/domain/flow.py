"""Block 9: what was done in the span, and the stock of each state at both ends."""

from collections.abc import Mapping
from types import MappingProxyType

from services.analytics.domain.codes import Code
from services.analytics.domain.counts import Movements
from services.analytics.domain.table import Flow, Stock
from services.analytics.domain.values import Act

ACTS: Mapping[str, tuple[str, str, tuple[Act, ...]]] = MappingProxyType(
    {
        "registered": ("登记", "registered", (Act.REGISTER,)),
        "accepted": ("本级受理", "accepted", (Act.ACCEPT,)),
        "moved": ("移送", "moved", (Act.MOVE,)),
        "transferred": ("转送", "transferred", (Act.TRANSFER,)),
        "assigned": ("交办", "assigned", (Act.ASSIGN,)),
        "retained": ("留存", "retained", (Act.RETAIN_REPEAT, Act.RETAIN_NO_SUBSTANCE)),
        "returned": ("退回", "returned", (Act.RETURN, Act.REFUSE_TRANSFER)),
        "oos_advised": ("业务范围外：引导告知", "out of scope, advised", (Act.ADVISE,)),
        "oos_forwarded": ("业务范围外：转有权机关", "out of scope, forwarded", (Act.FORWARD,)),
        "appeals_routed": ("转申诉办理", "appeals routed", (Act.APPEAL,)),
        "suggestions_filed": ("批评建议转交", "suggestions filed", (Act.SUGGEST,)),
        "disposals_decided": ("定处置方式", "disposals decided", (Act.DECIDE_DISPOSAL,)),
        "concluded": ("办结", "concluded", (Act.CONCLUDE,)),
        "withdrawn": ("撤回", "withdrawn", (Act.WITHDRAW,)),
    }
)
"""The lines of the flow: Chinese, English, the acts each counts."""


def flow_of(movements: Movements) -> tuple[Flow, ...]:
    """How often each act was done."""
    return tuple(
        Flow(code, zh, en, sum(movements.acts.get(act, 0) for act in acts))
        for code, (zh, en, acts) in ACTS.items()
    )


def stock_of(movements: Movements, states: tuple[Code, ...]) -> tuple[Stock, ...]:
    """Each state that parts stood in or passed, in the order of the life cycle."""
    m = movements
    met = {*m.opening, *m.closing, *m.came, *m.went}
    return tuple(
        Stock(s.code, s.zh, m.opening.get(s.code, 0), m.came.get(s.code, 0), m.went.get(s.code, 0),
              m.closing.get(s.code, 0))
        for s in states
        if s.code in met
    )  # fmt: skip
