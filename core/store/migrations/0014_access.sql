-- Keys that people make for their own programs. Only the hash is kept.
create table access_tokens (
    id uuid primary key,
    person_id uuid not null references people (id) on delete cascade,
    name text not null,
    hash bytea not null unique,
    scope text not null check (scope in ('read', 'write')),
    created_at timestamptz not null default now(),
    expires_at timestamptz,
    used_at timestamptz
);
create index access_tokens_of on access_tokens (person_id, created_at);

-- Somebody signed in on a device. The refresh token is another one each time; a spent one that comes back was stolen.
create table sessions (
    id uuid primary key,
    person_id uuid not null references people (id) on delete cascade,
    refresh_hash bytea not null unique,
    created_at timestamptz not null default now(),
    used_at timestamptz not null default now(),
    expires_at timestamptz not null
);
create table spent_refreshes (
    hash bytea primary key,
    session_id uuid not null references sessions (id) on delete cascade
);

-- A sign-in that has been begun: GitHub brings the state back, and the verifier proves that it is ours.
create table sign_ins (
    state_hash bytea primary key,
    verifier text not null,
    expires_at timestamptz not null
);

-- People as GitHub knows them. The token is encrypted; without the key it is nothing.
create table github_accounts (
    person_id uuid primary key references people (id) on delete cascade,
    github_id bigint not null unique,
    login text not null,
    token bytea not null,
    signed_in_at timestamptz not null default now()
);

-- Where a browser wants to be told what happened (Web Push).
create table devices (
    id uuid primary key,
    person_id uuid not null references people (id) on delete cascade,
    endpoint text not null unique,
    p256dh text not null,
    auth text not null,
    created_at timestamptz not null default now()
);

create index agents_changed on agents (person_id, updated_at);
create index agents_listed on agents (person_id, number desc);
