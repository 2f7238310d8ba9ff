-- Generated from vawg_desktop/domain (python dev.py schema); schema 15.

CREATE TABLE area (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	name TEXT,
	kind TEXT,
	code TEXT,
	from_date TEXT,
	until_date TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id)
);

CREATE TABLE change (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	origin TEXT NOT NULL,
	seq INTEGER NOT NULL,
	at TEXT NOT NULL,
	received TEXT NOT NULL,
	who TEXT NOT NULL,
	why TEXT,
	why_salt TEXT,
	txn TEXT NOT NULL,
	act TEXT NOT NULL,
	about TEXT,
	tbl TEXT NOT NULL,
	"row" TEXT NOT NULL,
	op TEXT NOT NULL,
	fields TEXT NOT NULL,
	hash TEXT NOT NULL,
	PRIMARY KEY (n),
	UNIQUE (id)
);

CREATE INDEX ix_change_kind ON change (op, tbl, n, act, "row");

CREATE INDEX ix_change_received ON change (received);

CREATE INDEX ix_change_row ON change ("row", n);

CREATE INDEX ix_change_txn ON change (txn, tbl, op);

CREATE UNIQUE INDEX ux_change_origin_seq ON change (origin, seq);

CREATE TABLE citation (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	about TEXT,
	place TEXT,
	cited TEXT,
	to_whom TEXT,
	words TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id)
);

CREATE TABLE "conflict" (
	id TEXT NOT NULL,
	tbl TEXT NOT NULL,
	"row" TEXT NOT NULL,
	cell TEXT NOT NULL,
	PRIMARY KEY (id)
)
 WITHOUT ROWID;

CREATE INDEX ix_conflict_row ON "conflict" ("row");

CREATE TABLE counter (
	prefix TEXT NOT NULL,
	last INTEGER NOT NULL,
	PRIMARY KEY (prefix)
)
 WITHOUT ROWID;

CREATE TABLE earlier_reference (
	reference TEXT NOT NULL,
	"row" TEXT NOT NULL,
	PRIMARY KEY (reference, "row")
)
 WITHOUT ROWID;

CREATE TABLE entry_stub (
	origin TEXT NOT NULL,
	seq INTEGER NOT NULL,
	hash TEXT NOT NULL,
	PRIMARY KEY (origin, seq)
)
 WITHOUT ROWID;

CREATE TABLE evidence (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	title TEXT,
	kind TEXT,
	date TEXT,
	holder TEXT,
	file_sha256 TEXT,
	file_name TEXT,
	link TEXT,
	proves TEXT,
	reviewer TEXT,
	decision TEXT,
	marking TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id)
);

CREATE TABLE figure (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	title TEXT,
	quoted TEXT,
	number TEXT,
	unit TEXT,
	definition TEXT,
	base TEXT,
	period TEXT,
	as_at TEXT,
	method TEXT,
	scope TEXT,
	release TEXT,
	embargoed_until TEXT,
	cleared_by TEXT,
	quote_this INTEGER,
	counted_from TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id)
);

CREATE TABLE framework (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	title TEXT,
	version TEXT,
	from_date TEXT,
	until_date TEXT,
	replaces TEXT,
	legal_basis TEXT,
	link TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id),
	FOREIGN KEY(replaces) REFERENCES framework (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_framework_replaces ON framework (replaces);

CREATE TABLE governance_body (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	name TEXT,
	short_name TEXT,
	chair TEXT,
	cadence TEXT,
	paper_days INTEGER,
	open_to_public INTEGER,
	scrutinises TEXT,
	purpose TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id)
);

CREATE TABLE head (
	"row" TEXT NOT NULL,
	cell TEXT NOT NULL,
	change TEXT NOT NULL,
	PRIMARY KEY ("row", cell, change)
)
 WITHOUT ROWID;

CREATE TABLE information_request (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	title TEXT,
	kind TEXT,
	requester TEXT,
	words TEXT,
	received TEXT,
	due TEXT,
	extended_to TEXT,
	extension_reason TEXT,
	status TEXT,
	searched_on TEXT,
	found TEXT,
	not_searched TEXT,
	public_interest TEXT,
	outcome TEXT,
	replied TEXT,
	reply TEXT,
	review_asked TEXT,
	review_outcome TEXT,
	marking TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id)
);

CREATE TABLE journey_stage (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	title TEXT,
	stage TEXT,
	position INTEGER,
	duty_holder TEXT,
	retired TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id)
);

CREATE TABLE learning (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	title TEXT,
	lesson TEXT,
	whose TEXT,
	confidence TEXT,
	link TEXT,
	basis TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id)
);

CREATE TABLE link (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	deleted INTEGER,
	kind TEXT,
	a TEXT,
	b TEXT,
	extent TEXT,
	strength TEXT,
	looked TEXT,
	seen TEXT,
	part TEXT,
	from_date TEXT,
	until_date TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id)
);

CREATE INDEX ix_link_a ON link (a, kind);

CREATE INDEX ix_link_b ON link (b, kind);

CREATE TABLE local (
	kind TEXT NOT NULL,
	"key" TEXT NOT NULL,
	value TEXT,
	PRIMARY KEY (kind, "key")
)
 WITHOUT ROWID;

CREATE TABLE meta (
	"key" TEXT NOT NULL,
	value TEXT,
	PRIMARY KEY ("key")
);

CREATE TABLE need (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	title TEXT,
	position INTEGER,
	retired TEXT,
	basis TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id)
);

CREATE TABLE origin (
	id TEXT NOT NULL,
	name TEXT,
	mine INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	hash TEXT NOT NULL,
	PRIMARY KEY (id)
);

CREATE TABLE paper_template (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	name TEXT,
	kind TEXT,
	file_sha256 TEXT,
	file_name TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id)
);

CREATE TABLE partner (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	name TEXT,
	short_name TEXT,
	kind TEXT,
	standing TEXT,
	returns_through TEXT,
	ends TEXT,
	shared_mailbox TEXT,
	sharing_agreement TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	x_sort TEXT,
	PRIMARY KEY (n),
	UNIQUE (id),
	FOREIGN KEY(returns_through) REFERENCES partner (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_partner_returns_through ON partner (returns_through);

CREATE TABLE quote (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	words TEXT,
	from_whom TEXT,
	place TEXT,
	said TEXT,
	consent TEXT,
	publishable INTEGER,
	sexual_offence INTEGER,
	recognisable INTEGER,
	live_case INTEGER,
	checked_by TEXT,
	checked TEXT,
	response TEXT,
	marking TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id)
);

CREATE TABLE setting (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	name TEXT,
	value TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id)
);

CREATE TABLE source (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	title TEXT,
	publisher TEXT,
	kind TEXT,
	published TEXT,
	page TEXT,
	link TEXT,
	response_due TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id)
);

CREATE TABLE subject (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	entity TEXT NOT NULL,
	reference TEXT,
	title TEXT,
	deleted INTEGER,
	PRIMARY KEY (n),
	UNIQUE (id)
);

CREATE INDEX ix_subject_reference ON subject (reference);

CREATE TABLE survey (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	title TEXT,
	tool TEXT,
	population TEXT,
	sample TEXT,
	opened_on TEXT,
	closed_on TEXT,
	marking TEXT,
	columns TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id)
);

CREATE TABLE tally (
	name TEXT NOT NULL,
	"key" TEXT NOT NULL,
	count INTEGER NOT NULL,
	PRIMARY KEY (name, "key")
)
 WITHOUT ROWID;

CREATE TABLE theme (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	title TEXT,
	kind TEXT,
	description TEXT,
	basis TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id)
);

CREATE TABLE tracker (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	name TEXT,
	headings TEXT,
	mapping TEXT,
	answers TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id)
);

CREATE TABLE transfer (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	title TEXT,
	to_whom TEXT,
	given_on TEXT,
	asked TEXT,
	records INTEGER,
	store_given TEXT,
	what TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id)
);

CREATE TABLE weight_set (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	title TEXT,
	kind TEXT,
	version TEXT,
	licence TEXT,
	taken_in TEXT,
	offences INTEGER,
	weights TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id)
);

CREATE TABLE work (
	kind TEXT NOT NULL,
	what TEXT NOT NULL,
	made TEXT,
	PRIMARY KEY (kind, what)
);

CREATE TABLE action (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	title TEXT,
	description TEXT,
	accountable TEXT,
	accountable_person TEXT,
	lead TEXT,
	completes_return TEXT,
	clears_return TEXT,
	link_officer TEXT,
	status TEXT,
	percent INTEGER,
	rating_partner TEXT,
	rating_opcc TEXT,
	rating_reason TEXT,
	due TEXT,
	revised_due TEXT,
	revised_reason TEXT,
	revised_agreed_by TEXT,
	funding_end TEXT,
	bring_forward TEXT,
	milestones TEXT,
	blockers TEXT,
	resource TEXT,
	verification TEXT,
	done_before_publication INTEGER,
	public_wording TEXT,
	marking TEXT,
	restriction TEXT,
	restricted_until TEXT,
	restricted_to TEXT,
	basis TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	x_sort TEXT,
	x_due TEXT,
	x_open INTEGER,
	x_pillar TEXT,
	x_update TEXT,
	x_heard TEXT,
	x_slips INTEGER,
	x_progress TEXT,
	x_funding TEXT,
	PRIMARY KEY (n),
	UNIQUE (id),
	FOREIGN KEY(accountable) REFERENCES partner (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_action_accountable ON action (accountable);

CREATE INDEX ix_action_by_rating_opcc ON action (rating_opcc, n);

CREATE INDEX ix_action_by_reference ON action (length(reference), reference, n) WHERE deleted = 0;

CREATE INDEX ix_action_by_status ON action (status, n);

CREATE INDEX ix_action_by_x_due ON action (x_due, n);

CREATE INDEX ix_action_by_x_heard ON action (x_heard, n);

CREATE INDEX ix_action_by_x_sort ON action (x_sort, n);

CREATE INDEX ix_action_due ON action (x_due, id) WHERE deleted = 0 AND x_open = 1;

CREATE INDEX ix_action_forward ON action (bring_forward, n) WHERE bring_forward IS NOT NULL;

CREATE INDEX ix_action_found ON action (n, deleted, reference);

CREATE INDEX ix_action_officer ON action (link_officer) WHERE link_officer IS NOT NULL;

CREATE INDEX ix_action_silent ON action (coalesce(x_heard, ''), x_due) WHERE deleted = 0 AND x_open = 1;

CREATE TABLE case_extract (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	title TEXT,
	controller TEXT,
	agreement TEXT,
	dpia TEXT,
	purpose TEXT,
	legal_basis TEXT,
	offenders TEXT,
	from_date TEXT,
	until_date TEXT,
	taken_in TEXT,
	rows_read INTEGER,
	weights TEXT,
	left_out TEXT,
	measured TEXT,
	marking TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id),
	FOREIGN KEY(weights) REFERENCES weight_set (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_case_extract_weights ON case_extract (weights);

CREATE TABLE closure_test (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	about TEXT,
	kind TEXT,
	answer TEXT,
	result TEXT,
	evidence TEXT,
	recheck TEXT,
	tested_by TEXT,
	tested TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id),
	FOREIGN KEY(evidence) REFERENCES evidence (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_closure_test_evidence ON closure_test (evidence);

CREATE TABLE codebook (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	title TEXT,
	survey TEXT,
	version INTEGER,
	purpose TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id),
	FOREIGN KEY(survey) REFERENCES survey (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_codebook_survey ON codebook (survey);

CREATE TABLE contact (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	name TEXT,
	partner TEXT,
	role TEXT,
	email TEXT,
	telephone TEXT,
	from_date TEXT,
	until_date TEXT,
	deputy_for TEXT,
	completes_return INTEGER,
	clears_return INTEGER,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id),
	FOREIGN KEY(partner) REFERENCES partner (id) DEFERRABLE INITIALLY DEFERRED,
	FOREIGN KEY(deputy_for) REFERENCES contact (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_contact_deputy_for ON contact (deputy_for);

CREATE INDEX ix_contact_partner ON contact (partner);

CREATE TABLE former_name (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	partner TEXT,
	name TEXT,
	until_date TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id),
	FOREIGN KEY(partner) REFERENCES partner (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_former_name_partner ON former_name (partner);

CREATE TABLE gap (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	statement TEXT,
	status TEXT,
	need TEXT,
	area TEXT,
	provision TEXT,
	severity TEXT,
	frequency TEXT,
	confidence TEXT,
	cause TEXT,
	owner TEXT,
	need_figure TEXT,
	need_met_figure TEXT,
	outcome TEXT,
	outcome_statement TEXT,
	closure_route TEXT,
	closing_authority TEXT,
	authority_agreement TEXT,
	superseded_by TEXT,
	transferred_to TEXT,
	closed_by TEXT,
	closure_agreed_by TEXT,
	closed_on TEXT,
	closure_tests TEXT,
	marking TEXT,
	basis TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	x_sort TEXT,
	x_weight INTEGER,
	PRIMARY KEY (n),
	UNIQUE (id),
	FOREIGN KEY(owner) REFERENCES partner (id) DEFERRABLE INITIALLY DEFERRED,
	FOREIGN KEY(need_figure) REFERENCES figure (id) DEFERRABLE INITIALLY DEFERRED,
	FOREIGN KEY(need_met_figure) REFERENCES figure (id) DEFERRABLE INITIALLY DEFERRED,
	FOREIGN KEY(superseded_by) REFERENCES gap (id) DEFERRABLE INITIALLY DEFERRED,
	FOREIGN KEY(transferred_to) REFERENCES partner (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_gap_by_reference ON gap (length(reference), reference, n) WHERE deleted = 0;

CREATE INDEX ix_gap_found ON gap (n, deleted, reference);

CREATE INDEX ix_gap_need_figure ON gap (need_figure);

CREATE INDEX ix_gap_need_met_figure ON gap (need_met_figure);

CREATE INDEX ix_gap_owner ON gap (owner);

CREATE INDEX ix_gap_superseded_by ON gap (superseded_by);

CREATE INDEX ix_gap_transferred_to ON gap (transferred_to);

CREATE TABLE handover_item (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	what TEXT,
	about TEXT,
	outcome TEXT,
	"to" TEXT,
	words TEXT,
	accepted_by TEXT,
	accepted_on TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id),
	FOREIGN KEY("to") REFERENCES partner (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_handover_item_to ON handover_item ("to");

CREATE TABLE indicator (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	title TEXT,
	definition TEXT,
	numerator TEXT,
	denominator TEXT,
	count_unit TEXT,
	area TEXT,
	owner TEXT,
	value_of TEXT,
	good TEXT,
	cases TEXT,
	measure TEXT,
	target TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id),
	FOREIGN KEY(owner) REFERENCES partner (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_indicator_owner ON indicator (owner);

CREATE TABLE meeting (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	title TEXT,
	body TEXT,
	date TEXT,
	starts TEXT,
	ends TEXT,
	place TEXT,
	chair TEXT,
	status TEXT,
	papers_due TEXT,
	open_to_public INTEGER,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id),
	FOREIGN KEY(body) REFERENCES governance_body (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_meeting_body ON meeting (body);

CREATE TABLE membership (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	governance_body TEXT,
	person TEXT,
	partner TEXT,
	role TEXT,
	from_date TEXT,
	until_date TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id),
	FOREIGN KEY(governance_body) REFERENCES governance_body (id) DEFERRABLE INITIALLY DEFERRED,
	FOREIGN KEY(partner) REFERENCES partner (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_membership_governance_body ON membership (governance_body);

CREATE INDEX ix_membership_partner ON membership (partner);

CREATE TABLE person (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	name TEXT,
	post TEXT,
	partner TEXT,
	from_date TEXT,
	until_date TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id),
	FOREIGN KEY(partner) REFERENCES partner (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_person_partner ON person (partner);

CREATE TABLE recommendation (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	title TEXT,
	wording TEXT,
	kind TEXT,
	status TEXT,
	rating_opcc TEXT,
	rating_reason TEXT,
	pillar TEXT,
	pillar_basis TEXT,
	lead TEXT,
	closing_authority TEXT,
	success_test TEXT,
	success_test_basis TEXT,
	priority TEXT,
	cadence TEXT,
	original_target TEXT,
	target_date TEXT,
	verification TEXT,
	outcome TEXT,
	outcome_statement TEXT,
	closure_route TEXT,
	authority_agreement TEXT,
	closed_by TEXT,
	closure_agreed_by TEXT,
	closed_on TEXT,
	split_from TEXT,
	superseded_by TEXT,
	transferred_to TEXT,
	public_wording TEXT,
	marking TEXT,
	restriction TEXT,
	restricted_until TEXT,
	restricted_to TEXT,
	basis TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	x_sort TEXT,
	x_actions INTEGER,
	x_done INTEGER,
	x_due TEXT,
	PRIMARY KEY (n),
	UNIQUE (id),
	FOREIGN KEY(lead) REFERENCES partner (id) DEFERRABLE INITIALLY DEFERRED,
	FOREIGN KEY(split_from) REFERENCES recommendation (id) DEFERRABLE INITIALLY DEFERRED,
	FOREIGN KEY(superseded_by) REFERENCES recommendation (id) DEFERRABLE INITIALLY DEFERRED,
	FOREIGN KEY(transferred_to) REFERENCES partner (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_recommendation_by_pillar ON recommendation (pillar, n);

CREATE INDEX ix_recommendation_by_rating_opcc ON recommendation (rating_opcc, n);

CREATE INDEX ix_recommendation_by_reference ON recommendation (length(reference), reference, n) WHERE deleted = 0;

CREATE INDEX ix_recommendation_by_x_sort ON recommendation (x_sort, n);

CREATE INDEX ix_recommendation_found ON recommendation (n, deleted, reference);

CREATE INDEX ix_recommendation_lead ON recommendation (lead);

CREATE INDEX ix_recommendation_split_from ON recommendation (split_from);

CREATE INDEX ix_recommendation_superseded_by ON recommendation (superseded_by);

CREATE INDEX ix_recommendation_transferred_to ON recommendation (transferred_to);

CREATE TABLE request_item (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	information_request TEXT,
	place TEXT,
	about TEXT,
	source TEXT,
	text_digest TEXT,
	decision TEXT,
	exemption TEXT,
	reason TEXT,
	passages TEXT,
	decided_by TEXT,
	decided_on TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id),
	FOREIGN KEY(information_request) REFERENCES information_request (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_request_item_information_request ON request_item (information_request);

CREATE TABLE service (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	title TEXT,
	provider TEXT,
	commissioner TEXT,
	kind TEXT,
	status TEXT,
	confidential_location INTEGER,
	eligibility TEXT,
	capacity INTEGER,
	waiting_days INTEGER,
	waiting_as_at TEXT,
	funding_source TEXT,
	funding_amount TEXT,
	funding_end TEXT,
	funding_answer TEXT,
	funding_answered TEXT,
	contract_reference TEXT,
	cadence TEXT,
	taken_over_by TEXT,
	marking TEXT,
	restriction TEXT,
	restricted_until TEXT,
	restricted_to TEXT,
	basis TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	x_sort TEXT,
	x_funding TEXT,
	PRIMARY KEY (n),
	UNIQUE (id),
	FOREIGN KEY(provider) REFERENCES partner (id) DEFERRABLE INITIALLY DEFERRED,
	FOREIGN KEY(commissioner) REFERENCES partner (id) DEFERRABLE INITIALLY DEFERRED,
	FOREIGN KEY(taken_over_by) REFERENCES partner (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_service_commissioner ON service (commissioner);

CREATE INDEX ix_service_provider ON service (provider);

CREATE INDEX ix_service_taken_over_by ON service (taken_over_by);

CREATE TABLE strand (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	title TEXT,
	framework TEXT,
	position INTEGER,
	basis TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id),
	FOREIGN KEY(framework) REFERENCES framework (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_strand_framework ON strand (framework);

CREATE TABLE survey_batch (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	survey TEXT,
	wave TEXT,
	profile TEXT,
	taken_in TEXT,
	rows_read INTEGER,
	rows_kept INTEGER,
	left_out TEXT,
	file_digest TEXT,
	responses TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id),
	FOREIGN KEY(survey) REFERENCES survey (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_survey_batch_survey ON survey_batch (survey);

CREATE TABLE survey_question (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	survey TEXT,
	code TEXT,
	wording TEXT,
	kind TEXT,
	stem TEXT,
	position INTEGER,
	groups INTEGER,
	choices TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id),
	FOREIGN KEY(survey) REFERENCES survey (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_survey_question_survey ON survey_question (survey);

CREATE TABLE survey_response (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	survey TEXT,
	wave TEXT,
	reasons TEXT,
	status TEXT,
	recipient TEXT,
	decided_by TEXT,
	decided_on TEXT,
	decided_at TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id),
	FOREIGN KEY(survey) REFERENCES survey (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_survey_response_survey ON survey_response (survey);

CREATE TABLE tracker_row (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	tracker TEXT,
	sheet TEXT,
	number TEXT,
	entity TEXT,
	words TEXT,
	beside TEXT,
	record TEXT,
	base TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id),
	FOREIGN KEY(tracker) REFERENCES tracker (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_tracker_row_tracker ON tracker_row (tracker);

CREATE TABLE agenda_item (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	meeting TEXT,
	position INTEGER,
	title TEXT,
	kind TEXT,
	about TEXT,
	minutes INTEGER,
	presenter TEXT,
	state TEXT,
	private INTEGER,
	carried_from TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id),
	FOREIGN KEY(meeting) REFERENCES meeting (id) DEFERRABLE INITIALLY DEFERRED,
	FOREIGN KEY(carried_from) REFERENCES agenda_item (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_agenda_item_carried_from ON agenda_item (carried_from);

CREATE INDEX ix_agenda_item_meeting ON agenda_item (meeting);

CREATE TABLE answer_review (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	survey TEXT,
	survey_question TEXT,
	response TEXT,
	status TEXT,
	letters INTEGER,
	digest TEXT,
	reviewed_by TEXT,
	reviewed_on TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id),
	FOREIGN KEY(survey) REFERENCES survey (id) DEFERRABLE INITIALLY DEFERRED,
	FOREIGN KEY(survey_question) REFERENCES survey_question (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_answer_review_by_response ON answer_review (response, n);

CREATE INDEX ix_answer_review_survey ON answer_review (survey);

CREATE INDEX ix_answer_review_survey_question ON answer_review (survey_question);

CREATE TABLE attendance (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	meeting TEXT,
	person TEXT,
	partner TEXT,
	state TEXT,
	in_place_of TEXT,
	role TEXT,
	declared TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id),
	FOREIGN KEY(meeting) REFERENCES meeting (id) DEFERRABLE INITIALLY DEFERRED,
	FOREIGN KEY(partner) REFERENCES partner (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_attendance_meeting ON attendance (meeting);

CREATE INDEX ix_attendance_partner ON attendance (partner);

CREATE TABLE code (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	title TEXT,
	codebook TEXT,
	definition TEXT,
	under TEXT,
	position INTEGER,
	"key" TEXT,
	colour TEXT,
	heading INTEGER,
	merged_into TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id),
	FOREIGN KEY(codebook) REFERENCES codebook (id) DEFERRABLE INITIALLY DEFERRED,
	FOREIGN KEY(under) REFERENCES code (id) DEFERRABLE INITIALLY DEFERRED,
	FOREIGN KEY(merged_into) REFERENCES code (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_code_codebook ON code (codebook);

CREATE INDEX ix_code_merged_into ON code (merged_into);

CREATE INDEX ix_code_under ON code (under);

CREATE TABLE codebook_version (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	codebook TEXT,
	number INTEGER,
	begun TEXT,
	changed TEXT,
	codes TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id),
	FOREIGN KEY(codebook) REFERENCES codebook (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_codebook_version_codebook ON codebook_version (codebook);

CREATE TABLE coding (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	survey TEXT,
	survey_question TEXT,
	response TEXT,
	coder TEXT,
	result TEXT,
	memo TEXT,
	codebook TEXT,
	version INTEGER,
	answer TEXT,
	coded_on TEXT,
	passages TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id),
	FOREIGN KEY(survey) REFERENCES survey (id) DEFERRABLE INITIALLY DEFERRED,
	FOREIGN KEY(survey_question) REFERENCES survey_question (id) DEFERRABLE INITIALLY DEFERRED,
	FOREIGN KEY(codebook) REFERENCES codebook (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_coding_by_response ON coding (response, n);

CREATE INDEX ix_coding_codebook ON coding (codebook);

CREATE INDEX ix_coding_survey ON coding (survey);

CREATE INDEX ix_coding_survey_question ON coding (survey_question);

CREATE TABLE indicator_value (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	indicator TEXT,
	period TEXT,
	value TEXT,
	base TEXT,
	provisional INTEGER,
	process_changed INTEGER,
	counted_otherwise INTEGER,
	break_reason TEXT,
	cleared_by TEXT,
	cleared_on TEXT,
	basis TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id),
	FOREIGN KEY(indicator) REFERENCES indicator (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_indicator_value_indicator ON indicator_value (indicator);

CREATE TABLE publication (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	title TEXT,
	kind TEXT,
	edition INTEGER,
	stage TEXT,
	as_at TEXT,
	about TEXT,
	meeting TEXT,
	author TEXT,
	cleared_by TEXT,
	to_whom TEXT,
	sent TEXT,
	corrects TEXT,
	correction TEXT,
	heads TEXT,
	figures TEXT,
	suppressed TEXT,
	file_sha256 TEXT,
	file_name TEXT,
	marking TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id),
	FOREIGN KEY(meeting) REFERENCES meeting (id) DEFERRABLE INITIALLY DEFERRED,
	FOREIGN KEY(corrects) REFERENCES publication (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_publication_corrects ON publication (corrects);

CREATE INDEX ix_publication_meeting ON publication (meeting);

CREATE TABLE response (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	recommendation TEXT,
	partner TEXT,
	answer TEXT,
	part TEXT,
	reason TEXT,
	by_whom TEXT,
	date TEXT,
	due TEXT,
	published_link TEXT,
	target TEXT,
	body_status TEXT,
	body_rating TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id),
	FOREIGN KEY(recommendation) REFERENCES recommendation (id) DEFERRABLE INITIALLY DEFERRED,
	FOREIGN KEY(partner) REFERENCES partner (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_response_partner ON response (partner);

CREATE INDEX ix_response_recommendation ON response (recommendation);

CREATE TABLE role (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	action TEXT,
	role TEXT,
	partner TEXT,
	person TEXT,
	part TEXT,
	from_date TEXT,
	until_date TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id),
	FOREIGN KEY(action) REFERENCES action (id) DEFERRABLE INITIALLY DEFERRED,
	FOREIGN KEY(partner) REFERENCES partner (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_role_action ON role (action);

CREATE INDEX ix_role_partner ON role (partner);

CREATE TABLE round (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	period TEXT,
	kind TEXT,
	due TEXT,
	meeting TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id),
	FOREIGN KEY(meeting) REFERENCES meeting (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_round_meeting ON round (meeting);

CREATE TABLE sign_off (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	about TEXT,
	who TEXT,
	person TEXT,
	role TEXT,
	signed TEXT,
	made_sure TEXT,
	heads TEXT,
	enrolled_by TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id),
	FOREIGN KEY(person) REFERENCES person (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_sign_off_person ON sign_off (person);

CREATE TABLE challenge (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	question TEXT,
	meeting TEXT,
	item TEXT,
	about TEXT,
	asked_by TEXT,
	asked_of TEXT,
	asked_on TEXT,
	status TEXT,
	answered_in TEXT,
	answered_item TEXT,
	answered_by TEXT,
	answered_at TEXT,
	answer_as TEXT,
	answer TEXT,
	judgement TEXT,
	information TEXT,
	undertaking TEXT,
	undertaking_due TEXT,
	undertaking_met TEXT,
	follow_up TEXT,
	checked_by TEXT,
	checked_on TEXT,
	marking TEXT,
	restriction TEXT,
	restricted_until TEXT,
	restricted_to TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id),
	FOREIGN KEY(meeting) REFERENCES meeting (id) DEFERRABLE INITIALLY DEFERRED,
	FOREIGN KEY(item) REFERENCES agenda_item (id) DEFERRABLE INITIALLY DEFERRED,
	FOREIGN KEY(asked_of) REFERENCES partner (id) DEFERRABLE INITIALLY DEFERRED,
	FOREIGN KEY(answered_in) REFERENCES meeting (id) DEFERRABLE INITIALLY DEFERRED,
	FOREIGN KEY(answered_item) REFERENCES agenda_item (id) DEFERRABLE INITIALLY DEFERRED,
	FOREIGN KEY(follow_up) REFERENCES action (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_challenge_answered_in ON challenge (answered_in);

CREATE INDEX ix_challenge_answered_item ON challenge (answered_item);

CREATE INDEX ix_challenge_asked_of ON challenge (asked_of);

CREATE INDEX ix_challenge_follow_up ON challenge (follow_up);

CREATE INDEX ix_challenge_item ON challenge (item);

CREATE INDEX ix_challenge_meeting ON challenge (meeting);

CREATE TABLE meeting_decision (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	words TEXT,
	meeting TEXT,
	item TEXT,
	about TEXT,
	kind TEXT,
	made_by TEXT,
	reason TEXT,
	notice INTEGER,
	marking TEXT,
	restriction TEXT,
	restricted_until TEXT,
	restricted_to TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id),
	FOREIGN KEY(meeting) REFERENCES meeting (id) DEFERRABLE INITIALLY DEFERRED,
	FOREIGN KEY(item) REFERENCES agenda_item (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_meeting_decision_item ON meeting_decision (item);

CREATE INDEX ix_meeting_decision_meeting ON meeting_decision (meeting);

CREATE TABLE return (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	round TEXT,
	partner TEXT,
	version INTEGER,
	due TEXT,
	sent TEXT,
	secret TEXT,
	base TEXT,
	file_sha256 TEXT,
	file_name TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id),
	FOREIGN KEY(round) REFERENCES round (id) DEFERRABLE INITIALLY DEFERRED,
	FOREIGN KEY(partner) REFERENCES partner (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_return_partner ON return (partner);

CREATE INDEX ix_return_round ON return (round);

CREATE TABLE reminder (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	return TEXT,
	step TEXT,
	made TEXT,
	due TEXT,
	agreed_by TEXT,
	wording TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id),
	FOREIGN KEY(return) REFERENCES return (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_reminder_return ON reminder (return);

CREATE TABLE submission (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	return TEXT,
	partner TEXT,
	file_sha256 TEXT,
	file_name TEXT,
	received TEXT,
	channel TEXT,
	informant TEXT,
	cleared_by TEXT,
	state TEXT,
	content TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id),
	FOREIGN KEY(return) REFERENCES return (id) DEFERRABLE INITIALLY DEFERRED,
	FOREIGN KEY(partner) REFERENCES partner (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_submission_partner ON submission (partner);

CREATE INDEX ix_submission_return ON submission (return);

CREATE TABLE decision (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	submission TEXT,
	record TEXT,
	field TEXT,
	decision TEXT,
	value TEXT,
	reason TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id),
	FOREIGN KEY(submission) REFERENCES submission (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_decision_submission ON decision (submission);

CREATE TABLE service_report (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	service TEXT,
	period TEXT,
	as_at TEXT,
	channel TEXT,
	informant TEXT,
	answer TEXT,
	declined_why TEXT,
	outcomes TEXT,
	staffing TEXT,
	risks TEXT,
	corrects TEXT,
	submission TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id),
	FOREIGN KEY(service) REFERENCES service (id) DEFERRABLE INITIALLY DEFERRED,
	FOREIGN KEY(corrects) REFERENCES service_report (id) DEFERRABLE INITIALLY DEFERRED,
	FOREIGN KEY(submission) REFERENCES submission (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_service_report_corrects ON service_report (corrects);

CREATE INDEX ix_service_report_service ON service_report (service);

CREATE INDEX ix_service_report_submission ON service_report (submission);

CREATE TABLE "update" (
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	reference TEXT,
	deleted INTEGER,
	action TEXT,
	period TEXT,
	as_at TEXT,
	channel TEXT,
	informant TEXT,
	answer TEXT,
	narrative TEXT,
	status TEXT,
	rating_partner TEXT,
	rating_opcc TEXT,
	percent INTEGER,
	due TEXT,
	revised_due TEXT,
	next_step TEXT,
	barriers TEXT,
	help_wanted TEXT,
	public_wording TEXT,
	corrects TEXT,
	submission TEXT,
	note TEXT,
	born TEXT,
	conflicts INTEGER DEFAULT 0,
	PRIMARY KEY (n),
	UNIQUE (id),
	FOREIGN KEY(action) REFERENCES action (id) DEFERRABLE INITIALLY DEFERRED,
	FOREIGN KEY(corrects) REFERENCES "update" (id) DEFERRABLE INITIALLY DEFERRED,
	FOREIGN KEY(submission) REFERENCES submission (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_update_action ON "update" (action);

CREATE INDEX ix_update_action_heard ON "update" (action, as_at);

CREATE INDEX ix_update_by_reference ON "update" (length(reference), reference, n) WHERE deleted = 0;

CREATE INDEX ix_update_corrects ON "update" (corrects);

CREATE INDEX ix_update_found ON "update" (n, deleted, reference);

CREATE INDEX ix_update_submission ON "update" (submission);

CREATE TRIGGER change_no_update BEFORE UPDATE ON "change"
WHEN NEW.id IS NOT OLD.id OR NEW.origin IS NOT OLD.origin OR NEW.seq IS NOT OLD.seq
  OR NEW.hash IS NOT OLD.hash OR NEW.at IS NOT OLD.at OR NEW.tbl IS NOT OLD.tbl
  OR NEW."row" IS NOT OLD."row" OR NEW.op IS NOT OLD.op OR NEW.txn IS NOT OLD.txn
  OR (SELECT value FROM meta WHERE "key" = 'disposing') IS NOT '1'
BEGIN SELECT RAISE(ABORT, 'the change log is append-only'); END;

CREATE TRIGGER change_no_delete BEFORE DELETE ON "change"
BEGIN SELECT RAISE(ABORT, 'the change log is append-only'); END;

CREATE VIRTUAL TABLE search USING fts5(words, content='', contentless_delete=1, prefix='2 3 4', tokenize='unicode61');
