-- How many legs an agent has lost with their machine: legs that end for another reason do not count against it.
alter table agents add column losses integer not null default 0;
