-- By how much the branch that an agent started from had moved on when its work was pushed, and where they conflict.
alter table agents add column behind integer not null default 0;
alter table agents add column conflicts text[] not null default '{}';
