"""How each refusal of the domain is answered; its code is the name of its class."""

from collections.abc import Mapping

from services.chassis.http import Refused
from services.review.domain import errors

UNSEATED = (errors.NotSeated, errors.Barred, errors.NotTheSubmitter, errors.NotTheChief)
"""Refusals of the person, not of the act: each leaves a record in the trail."""


def _refused(kind: type[errors.Refused], status: int, zh: str, en: str) -> Refused:
    return Refused(status, zh, en, kind.article)


REFUSALS: Mapping[type[Exception], Refused] = {
    kind: _refused(kind, status, zh, en)
    for kind, status, zh, en in (
        (errors.CaseUnknown, 404, "没有找到", "Not found"),
        (errors.PaperUnknown, 404, "没有找到", "Not found"),
        (errors.CaseChanged, 412, "该交办件已被他人更新，请刷新后再办", "The case was changed meanwhile"),
        (errors.IllegalDecision, 409, "当前状态不允许此操作", "Not possible in the present state"),
        (errors.NotTaken, 409, "本轮由他人承审", "Another officer took this round"),
        (errors.AlreadyAssigned, 409, "该件已有在办的交办", "The report has an open case"),
        (errors.NotSeated, 403, "不是本轮审核人员", "No seat in this round"),
        (errors.Barred, 403, "应当回避：承办、报送、已参与其他轮次或已被回避", "Barred from this round"),
        (errors.NotTheSubmitter, 403, "不是本件报送人", "Not a submitter of this case"),
        (errors.NotTheChief, 403, "须由本机关主要负责人签批", "Only the chief signs"),
        (errors.ChecklistIncomplete, 422, "内审清单不完整", "The checklist is incomplete"),
        (errors.OpinionMissing, 422, "缺少书面审理意见", "The written opinion is missing"),
        (errors.MinutesMissing, 422, "缺少会议纪要", "The minutes are missing"),
        (errors.StrangerInMinutes, 422, "纪要所列人员不是应到会委员", "Not members who could be present"),
        (errors.QuorumMissing, 422, "到会委员未过半数", "There was no quorum"),
        (errors.ReasonMissing, 422, "退回须有原因", "A return needs a reason"),
        (errors.ReturnIncomplete, 422, "再审退回须注明方式和新的时限", "Kind and new deadline are needed"),
        (errors.PapersMissing, 422, "报结材料不齐", "Required papers are missing"),
        (errors.FourFormWrong, 422, "四种形态与处理结果不符", "The four form does not fit the outcome"),
        (errors.PeopleMissing, 422, "须登记承办人、报送人和承办部门", "Handler, submitter and department"),
        (errors.PeopleUnfit, 422, "人员不属本机关、应当回避或已参与审核", "These people may not work on it"),
        (errors.UnitUnfit, 422, "该部门不能承办", "This department may not handle it"),
    )
} | {
    errors.PremiseMissing: Refused(503, "机构目录尚未同步", "The directory is not here yet"),
}
