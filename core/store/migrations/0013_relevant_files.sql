-- Which files were found for an agent's task before it began, and why.
alter table agents add column relevant_files jsonb not null default '[]';
