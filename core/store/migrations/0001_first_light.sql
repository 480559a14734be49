create table people (
    id uuid primary key,
    name text not null,
    created_at timestamptz not null default now()
);

create table identities (
    channel text not null,
    external_id text not null,
    person_id uuid not null references people (id) on delete cascade,
    linked_at timestamptz not null default now(),
    primary key (channel, external_id)
);

create table link_codes (
    code_hash bytea primary key,
    person_id uuid not null references people (id) on delete cascade,
    expires_at timestamptz not null
);

create table inbox (
    id uuid primary key,
    key text not null unique,
    sender_id text not null,
    channel text not null,
    conversation text not null,
    thread text,
    content jsonb not null,
    audio bytea,
    received_at timestamptz not null,
    attempts integer not null default 0,
    leased_until timestamptz,
    handled_at timestamptz
);
create index inbox_open on inbox (channel, received_at) where handled_at is null;

create table commands (
    id uuid primary key,
    message_id uuid not null unique references inbox (id) on delete cascade,
    person_id uuid not null references people (id) on delete cascade,
    transcript text not null,
    raw_transcript text not null,
    intent text not null,
    entities jsonb not null,
    confidence real not null check (confidence between 0 and 1),
    processing_ms integer not null,
    at timestamptz not null
);
create index commands_of on commands (person_id, at desc);

create table machines (
    id uuid primary key,
    host text not null,
    name text not null,
    token_hash bytea not null unique,
    self_test jsonb,
    created_at timestamptz not null default now(),
    seen_at timestamptz
);

create table agents (
    id uuid primary key,
    number integer not null,
    name text not null,
    person_id uuid not null references people (id) on delete cascade,
    message_id uuid not null unique references inbox (id),
    repo_url text not null,
    repo_name text not null,
    branch text not null,
    task_description text not null,
    status text not null default 'pending'
        check (status in ('pending', 'running', 'paused', 'completed', 'failed', 'cancelled')),
    phase text not null default 'queued',
    wish text check (wish in ('pause', 'resume', 'cancel')),
    progress integer not null default 0 check (progress between 0 and 100),
    step text,
    failure text,
    model text not null,
    channel text not null,
    conversation text not null,
    thread text,
    machine_id uuid references machines (id),
    leg integer not null default 0,
    heard_at timestamptz,
    files_changed integer,
    lines_added integer,
    lines_removed integer,
    pushed_commit text,
    summary text,
    pr_url text,
    estimated_cost double precision,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    completed_at timestamptz,
    unique (person_id, number)
);
create unique index agents_live_name on agents (person_id, lower(name)) where status in ('pending', 'running', 'paused');
create index agents_live on agents (status) where status in ('pending', 'running', 'paused');
create index agents_machine on agents (machine_id) where status in ('pending', 'running', 'paused');

create table events (
    agent_id uuid not null references agents (id) on delete cascade,
    leg integer not null,
    seq integer not null check (seq > 0),
    at timestamptz not null,
    kind text not null,
    happening jsonb not null,
    primary key (agent_id, leg, seq)
);

create table replies (
    id bigint generated always as identity primary key,
    channel text not null,
    conversation text not null,
    thread text,
    body jsonb not null,
    once text unique,
    slot text unique,
    version integer not null default 1,
    sent_version integer not null default 0,
    message text,
    attempts integer not null default 0,
    promised_at timestamptz not null default now(),
    next_attempt_at timestamptz not null default now(),
    sent_at timestamptz,
    abandoned_at timestamptz
);
create index replies_due on replies (channel, next_attempt_at) where sent_version < version and abandoned_at is null;
create index replies_waiting on replies (channel, conversation, id) where sent_version = 0 and abandoned_at is null;
