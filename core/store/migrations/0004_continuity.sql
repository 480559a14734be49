-- How often an agent was put to work: a follow-up to a finished one begins another round.
alter table agents add column round integer not null default 1;

-- Why an agent has given its machine back, and since when it has stood still for its person.
alter table agents add column parked text check (parked in ('paused', 'unanswered', 'budget'));
alter table agents add column held_at timestamptz;
alter table agents drop constraint agents_wish_check;
alter table agents add constraint agents_wish_check check (wish in ('pause', 'resume', 'cancel', 'park'));

-- The agent's own report and task list, and whether its plan has to be agreed to first.
alter table agents add column report jsonb;
alter table agents add column tasks jsonb not null default '[]';
alter table agents add column plan_first boolean not null default false;
alter table people add column plan_first boolean not null default false;

-- Not only messages tell agents more: reviews and failed checks do, too.
alter table followups drop constraint followups_id_fkey;

-- What an agent knows and has not committed, packed and unpacked only inside a box; the newest of each agent.
create table snapshots (
    agent_id uuid primary key references agents (id) on delete cascade,
    leg integer not null,
    archive bytea not null,
    taken_at timestamptz not null default now()
);
alter table snapshots alter column archive set storage external;
