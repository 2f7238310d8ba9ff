"""Vocabularies of requests for information and subject access, with the exemptions that may be claimed (FOI Act 2000; EIR 2004; Data Protection Act 2018)."""

from __future__ import annotations

from vawg_desktop.domain.terms import vocabulary

REQUEST_KIND = vocabulary(
    "kind of request",
    ("foi", "Freedom of information", "FOI"),
    ("eir", "Environmental information", "EIR"),
    ("subject_access", "Subject access", "SAR", "DSAR"),
)
REQUEST_STATUS = vocabulary(
    "status of a request",
    ("received", "Received"),
    ("gathering", "Being gathered"),
    ("replied", "Replied"),
    ("under_review", "Under internal review"),
    ("ended", "Ended"),
)
REQUEST_OUTCOME = vocabulary(
    "outcome of a request",
    ("full", "Given in full"),
    ("part", "Given in part"),
    ("refused", "Refused"),
    ("not_held", "Not held"),
    ("withdrawn", "Withdrawn"),
)
ITEM_DECISION = vocabulary(
    "what is done with something that was gathered",
    ("to_decide", "Not looked at yet"),
    ("given", "Given"),
    ("in_part", "Given in part"),
    ("withheld", "Withheld"),
    ("outside", "Outside the request"),
)
EXEMPTION = vocabulary(
    "exemption",
    ("s21", "FOI s.21: reasonably accessible otherwise"),
    ("s22", "FOI s.22: intended for future publication"),
    ("s30", "FOI s.30: investigations and proceedings"),
    ("s31", "FOI s.31: law enforcement"),
    ("s36", "FOI s.36: conduct of public affairs"),
    ("s38", "FOI s.38: health and safety"),
    ("s40", "FOI s.40: personal information"),
    ("s41", "FOI s.41: provided in confidence"),
    ("s42", "FOI s.42: legal professional privilege"),
    ("s43", "FOI s.43: commercial interests"),
    ("s44", "FOI s.44: prohibited by law, such as the anonymity of victims of sexual offences"),
    ("eir12", "EIR reg. 12: exceptions"),
    ("eir13", "EIR reg. 13: personal data"),
    ("third_party", "DPA 2018 Sch. 2 para. 16: another person's data"),
    ("crime", "DPA 2018 Sch. 2 para. 2: crime and taxation"),
    ("privilege", "DPA 2018 Sch. 2 para. 19: legal professional privilege"),
    ("planning", "DPA 2018 Sch. 2 para. 22: management planning"),
    ("regulation", "DPA 2018 Sch. 2 paras 7 to 12: functions of protecting the public"),
)
#: Exemptions that hold only where the public interest in withholding outweighs that in giving (FOI Act 2000, s. 2; EIR 2004, reg. 12(1)(b)).
QUALIFIED = frozenset({"s22", "s30", "s31", "s36", "s38", "s42", "s43", "eir12"})
#: Exemptions by kind of request.
OF_KIND: dict[str, tuple[str, ...]] = {
    "foi": ("s21", "s22", "s30", "s31", "s36", "s38", "s40", "s41", "s42", "s43", "s44"),
    "eir": ("eir12", "eir13"),
    "subject_access": ("third_party", "crime", "privilege", "planning", "regulation"),
}
