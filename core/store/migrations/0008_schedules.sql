alter table people add column time_zone text not null default 'UTC';

create table schedules (
    id uuid primary key,
    number integer not null,
    person_id uuid not null references people (id) on delete cascade,
    repo_url text not null,
    repo_name text not null,
    branch text not null,
    task text not null,
    rhythm jsonb not null,
    time_zone text not null,
    channel text not null,
    conversation text not null,
    thread text,
    next_at timestamptz not null,
    failures integer not null default 0,
    paused_at timestamptz,
    created_at timestamptz not null default now(),
    unique (person_id, number)
);
create index schedules_due on schedules (next_at) where paused_at is null;

alter table agents add column schedule_id uuid references schedules (id) on delete set null;
