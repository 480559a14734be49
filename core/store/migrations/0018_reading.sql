alter table commands
    add column model text,
    add column input_tokens integer,
    add column cached_tokens integer,
    add column output_tokens integer,
    add column model_ms integer,
    add column cost real;
