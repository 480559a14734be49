-- Servers of people on the pro plan. The row is there before Hetzner is asked, so that nothing is forgotten.
create table servers (
    machine_id uuid primary key references machines (id),
    person_id uuid not null references people (id),
    name text not null unique,
    status text not null default 'wanted' check (status in ('wanted', 'made', 'ready', 'failed', 'leaving')),
    attempt integer not null default 1,
    provider_id bigint,
    server_type text,
    location text,
    monthly_price numeric,
    enrolment_hash bytea unique,
    enrolment_expires_at timestamptz,
    enrolled_at timestamptz,
    leave_at timestamptz,
    tried_at timestamptz,
    created_at timestamptz not null default now(),
    changed_at timestamptz not null default now()
);
create unique index servers_of_people on servers (person_id) where status <> 'leaving';
