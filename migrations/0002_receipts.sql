-- The chain of receipts: `line` is the canonical JSON of one, exactly as it is exported; it is never changed.
create table receipt (
    workspace_id text not null references workspace (id),
    seq bigint not null,
    at bigint not null,
    kind text not null,
    move_id text,
    execution_id text,
    line text not null,
    primary key (workspace_id, seq)
);
create index receipt_move on receipt (workspace_id, move_id, seq) where move_id is not null;
create index receipt_execution on receipt (workspace_id, execution_id, seq) where execution_id is not null;

-- Where each chain ends.
create table receipt_head (
    workspace_id text not null references workspace (id),
    seq bigint not null,
    hash text not null,
    primary key (workspace_id)
);

-- What was sent or changed. The chain holds its digest only, so that it can be erased.
create table receipt_payload (
    workspace_id text not null references workspace (id),
    seq bigint not null,
    payload text not null,
    primary key (workspace_id, seq)
);
