-- Caps that somebody has set by hand, in US dollars; null is what the settings say.
alter table agents add column budget double precision check (budget > 0);
alter table people add column day_budget double precision check (day_budget > 0);
alter table people add column month_budget double precision check (month_budget > 0);

-- What each person's agents have cost, by UTC's days.
create table spending (
    person_id uuid not null references people (id) on delete cascade,
    day date not null,
    dollars double precision not null default 0,
    primary key (person_id, day)
);
