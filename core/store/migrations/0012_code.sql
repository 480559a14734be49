-- A person's view of a project: its forks and branches share what was read of it. project is the root commit.
create table code_indexes (
    id bigint generated always as identity primary key,
    person_id uuid not null references people (id) on delete cascade,
    project text not null,
    repo_name text not null,
    commit text,
    version bigint not null default 0,
    left_out jsonb not null default '{}',
    synced_at timestamptz,
    unique (person_id, project)
);

-- What was read of a content, once for all branches: words and their order, and the chunks.
create table code_blobs (
    index_id bigint not null references code_indexes (id) on delete cascade,
    sha bytea not null,
    analysis smallint not null,
    language text not null,
    words text not null,
    sequence bytea not null,
    chunks jsonb not null,
    primary key (index_id, sha, analysis)
);

create table code_files (
    index_id bigint not null references code_indexes (id) on delete cascade,
    path text not null,
    sha bytea not null,
    kind smallint not null,
    primary key (index_id, path)
);

create table code_commits (
    index_id bigint not null references code_indexes (id) on delete cascade,
    sha bytea not null,
    at bigint not null,
    subject text not null,
    files text[] not null,
    primary key (index_id, sha)
);
