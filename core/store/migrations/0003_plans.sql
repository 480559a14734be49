-- What a person may do in a month. Whoever runs an installation of their own is introduced as pro at every start.
alter table people add column plan text not null default 'free' check (plan in ('free', 'pro'));
create index agents_by_month on agents (person_id, created_at);
