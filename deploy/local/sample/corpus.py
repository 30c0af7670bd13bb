"""A seeded corpus of invented Chinese messages, and registers made of them.

Nobody and nothing in it exists. The same seed gives the same corpus on every machine. The shares
follow the realistic figures of section 23 of the domain text unless a register asks for others.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

import xlsxwriter

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张"
GIVEN = "晓岚志远青山文竹子墨若水云舟一鸣思源明川雨桐长风"
VILLAGES = ("青禾村", "石桥村", "云岭村", "白水村", "松涛社区", "茶山村", "河湾村", "新月社区")
SUBJECTS = (
    ("V4", "低保评定", "村里评低保不公开，家里有车的评上了，真正困难的没有评上"),
    ("V3", "违规吃喝", "多次用公款在镇上饭店宴请，开成办公用品发票报销"),
    ("V3", "收受礼金", "给儿子办婚宴收了工程老板的礼金，摆了四十多桌"),
    ("V7", "挪用资金", "把惠农补贴款拨到亲戚的账户，去年一共少发了三万多元"),
    ("V7", "工程招标", "村道硬化没有招标就给了自己的亲戚，路面半年就坏了"),
    ("V2", "干部选拔", "换届时拉票，给每户送米送油，组织上没有处理"),
    ("V5", "不作为", "反映了三次没有人来看，一直说研究研究，互相推诿"),
    ("V6", "生活作风", "长期带人在外面打牌，影响很坏"),
    ("V1", "搞迷信", "请人看风水改办公楼的大门，花了公家的钱"),
)
OUT_OF_SCOPE = (
    ("O2", "征地补偿", "修路占了我家的地，补偿标准和邻村不一样，请帮助解决"),
    ("O3", "拖欠工资", "工地干了五个月，工资只发了两个月，老板不接电话"),
    ("O4", "噪声扰民", "小区旁边的厂子夜里施工，老人孩子睡不着"),
    ("O5", "借贷纠纷", "邻居借了两万元不还，请求调解"),
)
DETAILS = (
    "时间大概是{year}年{month}月，地点在{village}，当时有好几个人看见。",
    "村民都知道这件事，希望上级派人到{village}来核实。",
    "我们到镇上问过，答复是等通知，到现在没有下文。",
    "涉及的金额约{amount}元，有收据可以提供。",
    "请为反映人保密。",
)


@dataclass(frozen=True, slots=True)
class Message:
    """One invented message as it would stand in a register; ``kind`` is V1–V8 or O1–O99."""

    number: int
    writer: str
    topic: str
    arrived_at: datetime
    text: str
    reply: str
    replied_at: datetime
    kind: str


def messages(count: int, seed: int, first: date, last: date) -> Iterator[Message]:
    """``count`` messages spread evenly over the days from ``first`` to ``last``, both included."""
    chance = random.Random(seed)
    days = (last - first).days + 1
    for index in range(count):
        day = first + timedelta(days=index * days // count)
        arrived = datetime.combine(day, time(chance.randrange(8, 18), chance.randrange(60)))
        kind, topic, core = chance.choice(SUBJECTS if chance.random() < 0.73 else OUT_OF_SCOPE)
        village = chance.choice(VILLAGES)
        details = [
            line.format(year=day.year, month=day.month, village=village, amount=chance.randrange(500, 90000))
            for line in chance.sample(DETAILS, chance.randrange(2, len(DETAILS)))
        ]
        yield Message(
            number=100001 + index,
            writer=chance.choice(SURNAMES) + "".join(chance.sample(GIVEN, 2)),
            topic=f"{village}{topic}问题",
            arrived_at=arrived,
            text=f"{village}有人{core}。{''.join(details)}（第{index + 1}件，虚构样例）",
            reply="您好，您反映的问题已转有关单位核实，感谢您的监督。",
            replied_at=arrived + timedelta(days=chance.randrange(3, 30)),
            kind=kind,
        )


def write_register(
    path: Path, corpus: Sequence[Message], extra: Mapping[str, Sequence[str]] | None = None
) -> None:
    """Write an xlsx register with the columns of the sample mapping.

    ``extra`` maps the header of each further column to its cells, as many as there are messages;
    it carries the classification of a paper office.
    """
    further = dict(extra or {})
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("Sheet1")
    headers = ["留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "答复意见", "答复时间", *further]
    sheet.write_row(0, 0, headers)
    for row, message in enumerate(corpus, start=1):
        sheet.write_row(
            row,
            0,
            [
                message.number,
                message.writer,
                message.topic,
                f"{message.arrived_at:%Y/%m/%d %H:%M:%S}",
                message.text,
                message.reply,
                f"{message.replied_at:%Y/%m/%d %H:%M:%S}",
                *(cells[row - 1] for cells in further.values()),
            ],
        )
    book.close()
