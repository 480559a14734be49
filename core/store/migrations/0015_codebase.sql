-- What a repository is made of, read from its manifests and lock files.
alter table code_indexes
    add column branch text,
    add column language text not null default 'unknown',
    add column framework text not null default 'unknown',
    add column dependencies jsonb not null default '[]';

-- Somebody has asked for a repository to be read now.
create table code_requests (
    id uuid primary key,
    person_id uuid not null references people (id) on delete cascade,
    repo_name text not null,
    branch text not null,
    asked_at timestamptz not null default now(),
    done_at timestamptz,
    failure text
);
