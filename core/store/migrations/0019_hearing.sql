-- What a person speaks, and words of their own that a recogniser would not expect.
alter table people
    add column language text,
    add column dictionary text[] not null default '{}';

-- Who turned a recording into words, how many seconds of it, and for how many dollars.
alter table commands
    add column hearer text,
    add column heard_seconds real,
    add column hearing_cost real;
