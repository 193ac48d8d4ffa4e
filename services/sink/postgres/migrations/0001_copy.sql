-- A relational copy of the cases, for analysts. docs/analysts.md says what it is for, and who may read what.
-- Every text is a code, an opaque id or a date: no names, nothing that somebody typed.

CREATE SCHEMA apdr;
COMMENT ON SCHEMA apdr IS 'The copy for analysts: pseudonymous';
CREATE SCHEMA apdr_identifiers;
COMMENT ON SCHEMA apdr_identifiers IS 'Numbers that say which child a case is; empty unless the sink is told to copy them';

CREATE TABLE apdr.migrations (
  number       integer     PRIMARY KEY,
  name         text        NOT NULL,
  sha256       text        NOT NULL,
  applied_time timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE apdr.migrations IS 'The migrations that this schema has seen';
COMMENT ON COLUMN apdr.migrations.number IS 'In this order';
COMMENT ON COLUMN apdr.migrations.name IS 'File name';
COMMENT ON COLUMN apdr.migrations.sha256 IS 'Of the file as it was applied';
COMMENT ON COLUMN apdr.migrations.applied_time IS 'When';

CREATE TABLE apdr.copies (
  meaning     text    PRIMARY KEY,
  shard_count integer NOT NULL
);
COMMENT ON TABLE apdr.copies IS 'What the rows of all other tables mean: one row; with another one they are made anew';
COMMENT ON COLUMN apdr.copies.meaning IS 'Formats and versions of what was folded';
COMMENT ON COLUMN apdr.copies.shard_count IS 'Shards of the log';

CREATE TABLE apdr.progress (
  shard         integer     PRIMARY KEY,
  position      bigint      NOT NULL,
  event_id      text,
  recorded_time timestamptz,
  written_time  timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE apdr.progress IS 'How far each shard of the log has been copied, in the transaction that copied it';
COMMENT ON COLUMN apdr.progress.shard IS 'Number of the shard';
COMMENT ON COLUMN apdr.progress.position IS 'Of the last event that is in the copy; 0: none';
COMMENT ON COLUMN apdr.progress.event_id IS 'That event';
COMMENT ON COLUMN apdr.progress.recorded_time IS 'When that event was recorded: the copy is as of then';
COMMENT ON COLUMN apdr.progress.written_time IS 'When it was copied';

CREATE TABLE apdr.cases (
  tenant_id              text    NOT NULL,
  case_id                text    NOT NULL,
  number                 integer NOT NULL,
  setting_id             text,
  authority_id           text,
  nc_year                text,
  provision              text,
  stage                  text,
  stage_title            text,
  closed                 boolean NOT NULL,
  cycle                  bigint  NOT NULL,
  cycles_completed       bigint  NOT NULL,
  registered_on          date,
  concern_raised_on      date,
  sen_support_started_on date,
  sen_support_ended_on   date,
  end_reason             text,
  ehc_requested_on       date,
  ehc_plan_issued_on     date,
  plan_id                text,
  review_on              date,
  parent_meetings        bigint  NOT NULL,
  has_profile            boolean NOT NULL,
  responsible_id         text,
  stale                  boolean NOT NULL,
  version                bigint  NOT NULL,
  shard                  bigint  NOT NULL,
  position               bigint  NOT NULL,
  PRIMARY KEY (tenant_id, case_id, number)
);
CREATE INDEX cases_by_setting ON apdr.cases (tenant_id, setting_id);
COMMENT ON TABLE apdr.cases IS 'Children''s cases as they stand, closed ones too; an erased one is in no table';
COMMENT ON COLUMN apdr.cases.tenant_id IS 'The authority or trust whose record it is';
COMMENT ON COLUMN apdr.cases.case_id IS 'The case: joins every other table; a pseudonym, not a number of the child';
COMMENT ON COLUMN apdr.cases.number IS 'Always 1';
COMMENT ON COLUMN apdr.cases.setting_id IS 'Setting that holds the case, such as URN:199001';
COMMENT ON COLUMN apdr.cases.authority_id IS 'Home authority, DfE code such as 801';
COMMENT ON COLUMN apdr.cases.nc_year IS 'National curriculum year as registered: E1 E2 N1 N2 R 1 to 14 X';
COMMENT ON COLUMN apdr.cases.provision IS 'Census code: N none, K SEN Support, E EHC plan';
COMMENT ON COLUMN apdr.cases.stage IS 'Stage of the workflow, such as assess, plan, do, review (docs/stages.md)';
COMMENT ON COLUMN apdr.cases.stage_title IS 'The stage in words';
COMMENT ON COLUMN apdr.cases.closed IS 'The case is closed';
COMMENT ON COLUMN apdr.cases.cycle IS 'Present cycle of Assess, Plan, Do, Review; 0 before the first';
COMMENT ON COLUMN apdr.cases.cycles_completed IS 'Cycles completed since SEN Support started';
COMMENT ON COLUMN apdr.cases.registered_on IS 'When the case was opened';
COMMENT ON COLUMN apdr.cases.concern_raised_on IS 'First concern';
COMMENT ON COLUMN apdr.cases.sen_support_started_on IS 'When SEN Support last started';
COMMENT ON COLUMN apdr.cases.sen_support_ended_on IS 'When it ended, if it has';
COMMENT ON COLUMN apdr.cases.end_reason IS 'Why it ended, such as needs-met, ehc-plan-issued, left-setting';
COMMENT ON COLUMN apdr.cases.ehc_requested_on IS 'When an EHC needs assessment was last requested';
COMMENT ON COLUMN apdr.cases.ehc_plan_issued_on IS 'When an EHC plan was issued';
COMMENT ON COLUMN apdr.cases.plan_id IS 'Plan in force, if there is one';
COMMENT ON COLUMN apdr.cases.review_on IS 'When the plan in force is to be reviewed';
COMMENT ON COLUMN apdr.cases.parent_meetings IS 'Meetings with the parents so far';
COMMENT ON COLUMN apdr.cases.has_profile IS 'There is a one-page profile';
COMMENT ON COLUMN apdr.cases.responsible_id IS 'Opaque id of the responsible teacher, keyworker or tutor';
COMMENT ON COLUMN apdr.cases.stale IS 'An event could not be folded: the rows of this case are older than the case';
COMMENT ON COLUMN apdr.cases.version IS 'Events of the case so far';
COMMENT ON COLUMN apdr.cases.shard IS 'Shard of the log that has the case';
COMMENT ON COLUMN apdr.cases.position IS 'Of the last event of the case in that shard';

CREATE TABLE apdr.needs (
  tenant_id text    NOT NULL,
  case_id   text    NOT NULL,
  number    integer NOT NULL,
  sen_type  text,
  rank      bigint  NOT NULL,
  start_on  date,
  end_on    date,
  PRIMARY KEY (tenant_id, case_id, number)
);
COMMENT ON TABLE apdr.needs IS 'Types of need as last assessed';
COMMENT ON COLUMN apdr.needs.tenant_id IS 'As in cases';
COMMENT ON COLUMN apdr.needs.case_id IS 'As in cases';
COMMENT ON COLUMN apdr.needs.number IS '1, 2, 3 ... in the case';
COMMENT ON COLUMN apdr.needs.sen_type IS 'Census code: SLCN, ASD, SPLD, MLD, SEMH ...';
COMMENT ON COLUMN apdr.needs.rank IS '1 is the primary need';
COMMENT ON COLUMN apdr.needs.start_on IS 'From this day, if it was said';
COMMENT ON COLUMN apdr.needs.end_on IS 'Until this day, if it has ended';

CREATE TABLE apdr.cycles (
  tenant_id             text    NOT NULL,
  case_id               text    NOT NULL,
  number                integer NOT NULL,
  cycle                 bigint  NOT NULL,
  setting_id            text,
  assessment_started_on date,
  assessed_on           date,
  child_heard           boolean NOT NULL,
  plan_id               text,
  plan_on               date,
  agreed_with_family    boolean,
  support_started_on    date,
  review_on             date,
  reviewed_on           date,
  days_late             bigint,
  impact                text,
  support_choice        text,
  completed_on          date,
  PRIMARY KEY (tenant_id, case_id, number)
);
CREATE INDEX cycles_by_review ON apdr.cycles (tenant_id, reviewed_on);
COMMENT ON TABLE apdr.cycles IS 'Cycles of Assess, Plan, Do, Review: what was done when';
COMMENT ON COLUMN apdr.cycles.tenant_id IS 'As in cases';
COMMENT ON COLUMN apdr.cycles.case_id IS 'As in cases';
COMMENT ON COLUMN apdr.cycles.number IS '1, 2, 3 ... in the case';
COMMENT ON COLUMN apdr.cycles.cycle IS 'The cycle''s own number; one that was left is not used again';
COMMENT ON COLUMN apdr.cycles.setting_id IS 'Setting that held the case when the cycle began';
COMMENT ON COLUMN apdr.cycles.assessment_started_on IS 'Assess began';
COMMENT ON COLUMN apdr.cycles.assessed_on IS 'Assess was completed';
COMMENT ON COLUMN apdr.cycles.child_heard IS 'The child''s own views are recorded in this cycle';
COMMENT ON COLUMN apdr.cycles.plan_id IS 'The plan, a code of the calling system';
COMMENT ON COLUMN apdr.cycles.plan_on IS 'The plan was agreed, or issued without agreement';
COMMENT ON COLUMN apdr.cycles.agreed_with_family IS 'Agreed by a parent, the young person or who decides for them';
COMMENT ON COLUMN apdr.cycles.support_started_on IS 'Do began';
COMMENT ON COLUMN apdr.cycles.review_on IS 'Agreed date of the review, as last changed';
COMMENT ON COLUMN apdr.cycles.reviewed_on IS 'The review was held';
COMMENT ON COLUMN apdr.cycles.days_late IS 'Days after the agreed date; 0: on time';
COMMENT ON COLUMN apdr.cycles.impact IS 'First decision of the review: positive, mixed, none, negative';
COMMENT ON COLUMN apdr.cycles.support_choice IS 'Fourth decision of the review: continue, different, end';
COMMENT ON COLUMN apdr.cycles.completed_on IS 'The cycle was completed';

CREATE TABLE apdr.outcomes (
  tenant_id   text    NOT NULL,
  case_id     text    NOT NULL,
  number      integer NOT NULL,
  cycle       bigint  NOT NULL,
  plan_id     text,
  outcome_id  text,
  area        text,
  due_on      date,
  status      text,
  reviewed_on date,
  PRIMARY KEY (tenant_id, case_id, number)
);
COMMENT ON TABLE apdr.outcomes IS 'Outcomes of every plan, and what the review said of them';
COMMENT ON COLUMN apdr.outcomes.tenant_id IS 'As in cases';
COMMENT ON COLUMN apdr.outcomes.case_id IS 'As in cases';
COMMENT ON COLUMN apdr.outcomes.number IS '1, 2, 3 ... in the case';
COMMENT ON COLUMN apdr.outcomes.cycle IS 'Joins cycles';
COMMENT ON COLUMN apdr.outcomes.plan_id IS 'Joins cycles';
COMMENT ON COLUMN apdr.outcomes.outcome_id IS 'Unique in the plan';
COMMENT ON COLUMN apdr.outcomes.area IS 'communication-and-interaction, cognition-and-learning, social-emotional-mental-health, sensory-physical, preparing-for-adulthood';
COMMENT ON COLUMN apdr.outcomes.due_on IS 'To be achieved by';
COMMENT ON COLUMN apdr.outcomes.status IS 'achieved, being-achieved, not-achieved, no-longer-relevant; empty: not reviewed';
COMMENT ON COLUMN apdr.outcomes.reviewed_on IS 'When the review said so';

CREATE TABLE apdr.provisions (
  tenant_id                   text    NOT NULL,
  case_id                     text    NOT NULL,
  number                      integer NOT NULL,
  cycle                       bigint  NOT NULL,
  plan_id                     text,
  provision_id                text,
  in_force                    boolean NOT NULL,
  agreed_on                   date,
  kind                        text,
  layer                       text,
  delivered_by                text[]  NOT NULL,
  times_per_week              bigint  NOT NULL,
  minutes                     bigint  NOT NULL,
  weeks                       bigint  NOT NULL,
  cost_pence                  bigint  NOT NULL,
  sessions_delivered          bigint  NOT NULL,
  minutes_delivered           bigint  NOT NULL,
  times_not_delivered         bigint  NOT NULL,
  outcomes_achieved           bigint  NOT NULL,
  outcomes_being_achieved     bigint  NOT NULL,
  outcomes_not_achieved       bigint  NOT NULL,
  outcomes_no_longer_relevant bigint  NOT NULL,
  PRIMARY KEY (tenant_id, case_id, number)
);
COMMENT ON TABLE apdr.provisions IS 'Provisions of every plan: planned, delivered, cost, effect';
COMMENT ON COLUMN apdr.provisions.tenant_id IS 'As in cases';
COMMENT ON COLUMN apdr.provisions.case_id IS 'As in cases';
COMMENT ON COLUMN apdr.provisions.number IS '1, 2, 3 ... in the case';
COMMENT ON COLUMN apdr.provisions.cycle IS 'Joins cycles';
COMMENT ON COLUMN apdr.provisions.plan_id IS 'Joins cycles';
COMMENT ON COLUMN apdr.provisions.provision_id IS 'Unique in the plan';
COMMENT ON COLUMN apdr.provisions.in_force IS 'Part of the plan in force';
COMMENT ON COLUMN apdr.provisions.agreed_on IS 'When its plan was put in force';
COMMENT ON COLUMN apdr.provisions.kind IS 'one-to-one, small-group, in-class, environment, equipment, therapy, training, home, pastoral';
COMMENT ON COLUMN apdr.provisions.layer IS 'universal, targeted, targeted-plus, specialist';
COMMENT ON COLUMN apdr.provisions.delivered_by IS 'Roles of those who deliver it';
COMMENT ON COLUMN apdr.provisions.times_per_week IS 'Planned sessions a week';
COMMENT ON COLUMN apdr.provisions.minutes IS 'Planned minutes a session';
COMMENT ON COLUMN apdr.provisions.weeks IS 'Planned weeks';
COMMENT ON COLUMN apdr.provisions.cost_pence IS 'Cost as the plan says';
COMMENT ON COLUMN apdr.provisions.sessions_delivered IS 'Sessions recorded as delivered';
COMMENT ON COLUMN apdr.provisions.minutes_delivered IS 'Minutes of those';
COMMENT ON COLUMN apdr.provisions.times_not_delivered IS 'Times it was recorded that it did not take place';
COMMENT ON COLUMN apdr.provisions.outcomes_achieved IS 'Of the outcomes that it serves, at the review: achieved';
COMMENT ON COLUMN apdr.provisions.outcomes_being_achieved IS 'Being achieved';
COMMENT ON COLUMN apdr.provisions.outcomes_not_achieved IS 'Not achieved';
COMMENT ON COLUMN apdr.provisions.outcomes_no_longer_relevant IS 'No longer relevant';

CREATE TABLE apdr.specialist_requests (
  tenant_id    text    NOT NULL,
  case_id      text    NOT NULL,
  number       integer NOT NULL,
  request_id   text,
  discipline   text,
  urgency      text,
  setting_id   text,
  requested_on date,
  received_on  date,
  closed_on    date,
  result       text,
  PRIMARY KEY (tenant_id, case_id, number)
);
COMMENT ON TABLE apdr.specialist_requests IS 'Specialists who were asked, and when advice came';
COMMENT ON COLUMN apdr.specialist_requests.tenant_id IS 'As in cases';
COMMENT ON COLUMN apdr.specialist_requests.case_id IS 'As in cases';
COMMENT ON COLUMN apdr.specialist_requests.number IS '1, 2, 3 ... in the case';
COMMENT ON COLUMN apdr.specialist_requests.request_id IS 'Unique in the case';
COMMENT ON COLUMN apdr.specialist_requests.discipline IS 'EP, SLT, OT ...: a code of the policy';
COMMENT ON COLUMN apdr.specialist_requests.urgency IS 'routine, urgent';
COMMENT ON COLUMN apdr.specialist_requests.setting_id IS 'Setting that held the case then';
COMMENT ON COLUMN apdr.specialist_requests.requested_on IS 'Asked';
COMMENT ON COLUMN apdr.specialist_requests.received_on IS 'Advice came';
COMMENT ON COLUMN apdr.specialist_requests.closed_on IS 'Closed without advice';
COMMENT ON COLUMN apdr.specialist_requests.result IS 'Why: declined, withdrawn, not-eligible, waiting-elsewhere';

CREATE TABLE apdr.deadlines (
  tenant_id          text    NOT NULL,
  case_id            text    NOT NULL,
  number             integer NOT NULL,
  timer              text,
  deadline_key       text,
  due_on             date,
  fires_on           date,
  level              bigint  NOT NULL,
  reminder           boolean NOT NULL,
  past_when_recorded boolean NOT NULL,
  PRIMARY KEY (tenant_id, case_id, number)
);
CREATE INDEX deadlines_by_date ON apdr.deadlines (tenant_id, due_on);
COMMENT ON TABLE apdr.deadlines IS 'Deadlines that run, without T17 and T18, which tell the date of birth; overdue: due_on lies before today and reminder is false';
COMMENT ON COLUMN apdr.deadlines.tenant_id IS 'As in cases';
COMMENT ON COLUMN apdr.deadlines.case_id IS 'As in cases';
COMMENT ON COLUMN apdr.deadlines.number IS '1, 2, 3 ... in the case';
COMMENT ON COLUMN apdr.deadlines.timer IS 'Timer of the policy, such as T08 for a review (docs/timers.md)';
COMMENT ON COLUMN apdr.deadlines.deadline_key IS 'Unique among the running deadlines of the case';
COMMENT ON COLUMN apdr.deadlines.due_on IS 'Date that it is about';
COMMENT ON COLUMN apdr.deadlines.fires_on IS 'Date on which it is reported';
COMMENT ON COLUMN apdr.deadlines.level IS 'Step of escalation; 0: there is only one';
COMMENT ON COLUMN apdr.deadlines.reminder IS 'Reminds ahead of the date; several rows may have one date';
COMMENT ON COLUMN apdr.deadlines.past_when_recorded IS 'The date had passed when it was recorded: reminds nobody';

CREATE TABLE apdr.departures (
  tenant_id   text    NOT NULL,
  case_id     text    NOT NULL,
  number      integer NOT NULL,
  setting_id  text,
  occurred_on date,
  rule_code   text,
  event_id    text,
  event_type  text,
  PRIMARY KEY (tenant_id, case_id, number)
);
CREATE INDEX departures_by_rule ON apdr.departures (tenant_id, rule_code);
COMMENT ON TABLE apdr.departures IS 'Where a rule was knowingly not followed; why is in the record, not here';
COMMENT ON COLUMN apdr.departures.tenant_id IS 'As in cases';
COMMENT ON COLUMN apdr.departures.case_id IS 'As in cases';
COMMENT ON COLUMN apdr.departures.number IS '1, 2, 3 ... in the case';
COMMENT ON COLUMN apdr.departures.setting_id IS 'Setting that held the case then';
COMMENT ON COLUMN apdr.departures.occurred_on IS 'When';
COMMENT ON COLUMN apdr.departures.rule_code IS 'The rule (docs/rules.md)';
COMMENT ON COLUMN apdr.departures.event_id IS 'Joins events, which say who';
COMMENT ON COLUMN apdr.departures.event_type IS 'What was done, such as apdr.sen.v1.PlanAgreed';

CREATE TABLE apdr_identifiers.identifiers (
  tenant_id text    NOT NULL,
  case_id   text    NOT NULL,
  number    integer NOT NULL,
  type      text,
  value     text,
  PRIMARY KEY (tenant_id, case_id, number)
);
COMMENT ON TABLE apdr_identifiers.identifiers IS 'Numbers of the child';
COMMENT ON COLUMN apdr_identifiers.identifiers.tenant_id IS 'As in cases';
COMMENT ON COLUMN apdr_identifiers.identifiers.case_id IS 'As in cases';
COMMENT ON COLUMN apdr_identifiers.identifiers.number IS '1, 2, 3 ... in the case';
COMMENT ON COLUMN apdr_identifiers.identifiers.type IS 'upn, upn-temporary, upn-former, uln, nhs, local';
COMMENT ON COLUMN apdr_identifiers.identifiers.value IS 'The number';

CREATE TABLE apdr.events (
  tenant_id        text        NOT NULL,
  case_id          text        NOT NULL,
  event_id         text,
  version          bigint      NOT NULL,
  event_type       text,
  occurred_on      date,
  recorded_time    timestamptz,
  actor_id         text,
  actor_role       text,
  actor_setting_id text,
  shard            bigint      NOT NULL,
  position         bigint      NOT NULL,
  PRIMARY KEY (tenant_id, case_id, version)
);
CREATE INDEX events_by_type ON apdr.events (tenant_id, event_type, occurred_on);
CREATE INDEX events_by_time ON apdr.events (tenant_id, recorded_time);
COMMENT ON TABLE apdr.events IS 'Who did what when, as it was recorded; what it said stays in the record. Without what T17 and T18 report. Records of settings have no row in cases';
COMMENT ON COLUMN apdr.events.tenant_id IS 'As in cases';
COMMENT ON COLUMN apdr.events.case_id IS 'As in cases';
COMMENT ON COLUMN apdr.events.event_id IS 'The event';
COMMENT ON COLUMN apdr.events.version IS '1, 2, 3 ... in the case';
COMMENT ON COLUMN apdr.events.event_type IS 'What happened, such as apdr.sen.v1.PlanAgreed (docs/events.md)';
COMMENT ON COLUMN apdr.events.occurred_on IS 'When it happened';
COMMENT ON COLUMN apdr.events.recorded_time IS 'When it was recorded';
COMMENT ON COLUMN apdr.events.actor_id IS 'Opaque id of staff, officer or system; empty for the family';
COMMENT ON COLUMN apdr.events.actor_role IS 'Role of whoever did it';
COMMENT ON COLUMN apdr.events.actor_setting_id IS 'Setting for which they acted';
COMMENT ON COLUMN apdr.events.shard IS 'Shard of the log';
COMMENT ON COLUMN apdr.events.position IS 'Place in the shard';
