-- How many legs an agent has lost with their machine: legs that end for another reason do not count against it.
alter table agents add column losses integer not null default 0;

-- The question an agent waits for an answer to: {"leg", "seq", "text", "options"}.
alter table agents add column question jsonb;

-- What people tell agents after they were created. The id is the inbound message's, so that no message counts twice.
create table followups (
    id uuid primary key references inbox (id),
    agent_id uuid not null references agents (id) on delete cascade,
    text text not null,
    question text,
    written_at timestamptz not null default clock_timestamp(),
    told_at timestamptz
);
create index followups_waiting on followups (agent_id, written_at) where told_at is null;
