-- What GitHub has told us: written down before it is acknowledged, under GitHub's own key.
create table deliveries (
    key text primary key,
    event text not null,
    payload jsonb not null,
    received_at timestamptz not null default now(),
    attempts integer not null default 0,
    leased_until timestamptz,
    handled_at timestamptz
);
create index deliveries_open on deliveries (received_at) where handled_at is null;

-- What has become of the pull request, and how often the agent has gone back to work because its checks failed.
alter table agents add column pull_state text not null default 'open' check (pull_state in ('open', 'merged', 'closed'));
alter table agents add column check_rounds integer not null default 0;
create index agents_pull on agents (repo_name, pr_url) where pr_url is not null;
