create table dialogues (
    person_id uuid primary key references people (id) on delete cascade,
    memory jsonb not null,
    version integer not null,
    changed_at timestamptz not null default now()
);

create table turns (
    message_id uuid primary key references inbox (id) on delete cascade,
    step jsonb not null,
    transcript jsonb not null
);
