"""Checks the chart as an administrator would meet it: prints what was looked at; the exit code tells.

Rendered with the real helm, every profile; every manifest by the schemas of Kubernetes and the operators' own
definitions; policies by the linter; the ways drawn and compared; wrong values refused. What could not be
checked is counted as skipped, with its reason, and never as passed.
"""

import sys
from collections.abc import Sequence

from deploy.topics import read_topics, rules_of
from tests.chart import graph
from tests.chart.definitions import definitions
from tests.chart.faults import missed
from tests.chart.helm import STEPS, HelmMissing, Manifest, Refused, helm, render
from tests.chart.mistakes import BY_CHART, BY_SCHEMA, Mistake
from tests.chart.policies import findings
from tests.chart.rendered import differences
from tests.chart.shapes import VERSIONS, look

SCHEMA_SAYS = "values don't meet the specifications of the schema"
CHART_SAYS = "Dengwen is not installed so"


def main() -> int:
    """Check everything; 0 when all that could be checked is right, 1 when something is wrong."""
    try:
        _say(f"helm          {helm()}")
    except HelmMissing as missing:
        _say(f"nothing was checked: {missing}")
        return 1
    try:
        rendered = {step.name: render(step) for step in STEPS}
    except Refused as refused:
        _say(f"a profile is not rendered: {refused}")
        return 1
    wrong, skipped = _shapes(rendered)
    for check in (_policies, _ways, _kafka):
        wrong += check(rendered)
    wrong += _mistakes("by schema", BY_SCHEMA, SCHEMA_SAYS) + _mistakes("by chart", BY_CHART, CHART_SAYS)
    for word in wrong:
        _say(f"  WRONG {word}")
    _say(f"chart         {f'{len(wrong)} findings' if wrong else 'held'}, {skipped} manifests skipped")
    return bool(wrong)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _shapes(rendered: dict[str, list[Manifest]]) -> tuple[list[str], int]:
    """What is wrong, and how many manifests nobody could judge."""
    known, wrong, unjudged = definitions(), [], 0
    for step, manifests in rendered.items():
        looked = look(manifests, known)
        wrong += [f"{step}: {word}" for word in looked.wrong]
        unjudged += sum(looked.skipped.values())
        skipped = ", ".join(f"{count} {kind}" for kind, count in sorted(looked.skipped.items())) or "none"
        _say(
            f"manifests     {step}: {len(manifests)}, by Kubernetes {', '.join(VERSIONS)} {looked.native}, "
            f"by operators' definitions {looked.by_operators}, skipped {skipped}"
        )
    for operator, reason in known.missing.items():
        _say(f"  SKIPPED definitions of {operator}: {reason}")
    _say(f"  SKIPPED {known.unread_rules} rules in CEL of the definitions: only an API server reads them")
    missing, planted = missed([one for manifests in rendered.values() for one in manifests], known)
    _say(f"planted       {planted - len(missing)} of {planted} faults found by the operators' definitions")
    return wrong + [f"the fault planted in a {kind} was not found" for kind in missing], unjudged


def _policies(rendered: dict[str, list[Manifest]]) -> list[str]:
    wrong = [f"{step}: {word}" for step, manifests in rendered.items() for word in findings(manifests)]
    _say(f"policies      {len(wrong)} findings in {sum(map(len, rendered.values()))} manifests")
    return wrong


def _ways(rendered: dict[str, list[Manifest]]) -> list[str]:
    wrong = []
    for step in (step for step in STEPS if not step.ground_only):
        drawn = graph.draw(rendered[step.name])
        wrong += [f"{step.name}, {word}" for word in graph.differences(step, drawn)]
        _say(
            f"ways          {step.name}: {len(graph.wanted(step))} listed, {len(drawn.out)} opened out, "
            f"{len(drawn.inner)} in, {len(drawn.told)} told; from outside {len(drawn.outside)}"
        )
    return wrong


def _kafka(rendered: dict[str, list[Manifest]]) -> list[str]:
    wrong = [f"{step}: {word}" for step, manifests in rendered.items() for word in differences(manifests)]
    topics = read_topics()
    _say(f"topics        {len(topics)} and {len(rules_of(topics))} rights compared with contracts")
    return wrong


def _mistakes(by: str, table: Sequence[Mistake], says: str) -> list[str]:
    wrong = []
    for mistake in table:
        try:
            render(mistake.step, mistake.changed)
        except Refused as refused:
            if says not in str(refused) or mistake.word not in str(refused):
                wrong.append(
                    f"{mistake.name}: refused without its word {mistake.word!r}: {str(refused)[:300]}"
                )
        else:
            wrong.append(f"{mistake.name}: not refused")
    _say(f"wrong values  {by}: {len(table) - len(wrong)} of {len(table)} refused with their word")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
