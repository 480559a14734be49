-- Machines that are made for one run each. The row is there before the provider is asked, so that nothing is forgotten.
create table pool (
    machine_id uuid primary key references machines (id),
    app text not null unique,
    generation text not null,
    provider_id text,
    instance_id text,
    region text,
    status text not null default 'provisioning' check (status in ('provisioning', 'ready', 'claimed', 'leaving')),
    agent_id uuid references agents (id) on delete set null,
    leg integer,
    created_at timestamptz not null default now(),
    changed_at timestamptz not null default now(),
    unique (agent_id, leg)
);
create index pool_ready on pool (generation, changed_at) where status = 'ready';
